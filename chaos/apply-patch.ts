import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../app/lib/user-error.ts';
import { run } from '../testkit/processes/command.ts';

/** A mutant's patch does not apply to these sources. */
export class MutantError extends UserError {
  override name = 'MutantError';
}

/**
 * Makes the bug of a patch in a folder with the project's sources.
 *
 * @param patch path of the patch in that folder
 * @throws {MutantError} with how to refresh the patch, when the sources around the bug have changed
 */
export async function applyPatch(patch: string, folder: URL, options: { isDryRun?: boolean } = {}): Promise<void> {
  const cwd = fileURLToPath(folder);
  const args = ['apply', ...(options.isDryRun ? ['--check'] : []), patch];
  // In a repository around the folder Git would take the paths to begin there, and skip them.
  const env = { GIT_CEILING_DIRECTORIES: dirname(cwd) };
  try {
    await run('git', args, { cwd, env });
  } catch (error) {
    throw new MutantError(`${patch} does not apply: ${(error as Error).message}\n${howToRefresh(patch)}`);
  }
}

function howToRefresh(patch: string): string {
  return `To refresh it, commit your work, make the bug again, and write the patch from it:
  git apply --3way ${patch}    # or by hand, if that fails
  git diff -U2 --full-index HEAD -- ':!chaos' >${patch}
  git checkout HEAD -- ':!chaos'`;
}
