import { SettingsError } from '../app/lib/settings.ts';
import { readSettingsFromFiles, readText } from './settings-from-files.ts';

/**
 * For usage texts: where the password for `--database` goes. Everyone on a machine can read command lines (`ps`), so none of
 * our examples shows a password.
 */
export const DATABASE_FLAG_PASSWORD = 'its password in DB_PASSWORD, or in the file DB_PASSWORD_FILE';

/**
 * Adds the password from `DB_PASSWORD` or `DB_PASSWORD_FILE` to the URL of `--database`, if the URL has none. Adds a line to
 * `problems` for a file that cannot be read.
 *
 * @returns the unchanged URL when it is not MySQL's, has a password or is malformed
 */
export function completeDatabaseFlag(
  given: string,
  env: Record<string, string | undefined>,
  problems: string[],
  readFile: (path: string) => string = readText,
): string {
  // A URL parser silently drops or encodes spaces, and what reads this URL rejects them.
  const url = !/\s/.test(given) && URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol !== 'mysql:' || url.password !== '' || url.username === '') return given;
  const { DB_PASSWORD: password = '' } = readSettingsFromFiles(['DB_PASSWORD'], env, readFile, problems);
  if (password === '') return given;
  url.password = encodeURIComponent(password);
  return url.href;
}

/**
 * Like `completeDatabaseFlag`, for a program that has no other setting.
 *
 * @throws {SettingsError} for a file that cannot be read
 */
export function readDatabaseFlag(
  given: string | undefined,
  env: Record<string, string | undefined>,
): string | undefined {
  const problems: string[] = [];
  const url = given === undefined ? undefined : completeDatabaseFlag(given, env, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return url;
}
