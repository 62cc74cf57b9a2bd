import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UserError } from '../app/lib/user-error.ts';
import type { Edit } from './mutants.ts';

export const PROJECT = new URL('../', import.meta.url);

/** Not copied: not part of the sources, or generated. */
const NOT_COPIED = new Set(['node_modules', '.git', '.wrangler', 'data', 'docs']);

/** The text that a mutant replaces does not occur exactly once, so the mutant is out of date. */
export class MutantError extends UserError {
  override name = 'MutantError';
}

/** The sources to run. */
export interface Workspace {
  root: URL;
  remove(): Promise<void>;
}

/**
 * Copies the project to a temporary folder and applies the edits there. Without edits it returns the project itself.
 *
 * @throws {MutantError} when a text to be replaced does not occur exactly once
 */
export async function prepareWorkspace(edits: readonly Edit[]): Promise<Workspace> {
  if (edits.length === 0) return { root: PROJECT, remove: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'mooring-mutant-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const project = fileURLToPath(PROJECT);
    const filter = (path: string) => !NOT_COPIED.has(path.slice(project.length));
    await cp(project, folder, { recursive: true, filter });
    await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
    for (const edit of edits) await apply(edit, folder);
    return { root: pathToFileURL(`${folder}/`), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function apply({ file, text, replacement }: Edit, folder: string): Promise<void> {
  const path = join(folder, file);
  const parts = (await readFile(path, 'utf8')).split(text);
  if (parts.length !== 2)
    throw new MutantError(`${file} has ${JSON.stringify(text)} ${parts.length - 1} times, not once`);
  await writeFile(path, parts.join(replacement));
}
