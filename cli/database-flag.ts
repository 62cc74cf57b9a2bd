import { readFileSync } from 'node:fs';
import { SettingsError } from '../app/lib/settings.ts';
import { readSettingsFromFiles } from './settings-from-files.ts';

/** How a usage explains `--database`. Everyone on a machine can read command lines (`ps`), so none shows a password. */
export const DATABASE_FLAG_PASSWORD = 'its password in DB_PASSWORD, or in the file DB_PASSWORD_FILE';

/**
 * Completes the URL of `--database` by the password in `DB_PASSWORD` or `DB_PASSWORD_FILE` where it holds none. Adds a line to
 * `problems` for a file that cannot be read.
 *
 * @returns the URL as it was where it is no MySQL's, has a password or is malformed
 */
export function completeDatabaseFlag(
  given: string,
  env: Record<string, string | undefined>,
  problems: string[],
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol !== 'mysql:' || url.password !== '' || url.username === '') return given;
  const { DB_PASSWORD: password = '' } = readSettingsFromFiles(['DB_PASSWORD'], env, readFile, problems);
  if (password === '') return given;
  url.password = encodeURIComponent(password);
  return url.href;
}

/**
 * The same for a program that has no other setting.
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
