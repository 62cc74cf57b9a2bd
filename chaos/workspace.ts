import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UserError } from '../app/lib/user-error.ts';
import type { Edit } from './mutants.ts';

/** The project's folder. */
export const PROJECT = new URL('../', import.meta.url);

/** Not the project's own, or made by it. */
const NOT_COPIED = new Set(['node_modules', '.git', '.wrangler', 'data', 'docs']);

/** The text that a bug was to take the place of is not there: the plant is out of date. */
export class MutantError extends UserError {
  override name = 'PlantError';
}

/** Sources to run. */
export interface Workspace {
  root: URL;
  remove(): Promise<void>;
}

/**
 * Copies the project to a temporary folder and edits it there; without an edit it is the project itself.
 *
 * @throws {MutantError} when a text that is to be replaced is not there just once
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
