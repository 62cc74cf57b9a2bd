import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { applyPatch } from './apply-patch.ts';

export const PROJECT = new URL('../', import.meta.url);

/** Not copied: not part of the sources, or generated. */
const NOT_COPIED = new Set(['node_modules', '.git', '.wrangler', 'data', 'docs']);

/** The sources to run. */
export interface Workspace {
  root: URL;
  remove(): Promise<void>;
}

/**
 * Copies the project to a temporary folder and applies the patch there. Without a patch it returns the project itself.
 *
 * @throws {MutantError} when the patch does not apply
 */
export async function prepareWorkspace(patch: string | undefined): Promise<Workspace> {
  if (patch === undefined) return { root: PROJECT, remove: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'mooring-mutant-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const project = fileURLToPath(PROJECT);
    const filter = (path: string) => !NOT_COPIED.has(path.slice(project.length));
    await cp(project, folder, { recursive: true, filter });
    await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
    const root = pathToFileURL(`${folder}/`);
    await applyPatch(patch, root);
    return { root, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
