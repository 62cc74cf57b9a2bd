import { SettingsError, UnreadSetting } from '../app/lib/settings.ts';
import { databaseSettings } from './database-config.ts';
import { databaseUrl } from './database-url-format.ts';
import { lacksPassword, withPassword } from './mysql-url.ts';
import { readText, withSettingsFromFiles } from './settings-from-files.ts';

/**
 * For usage texts: where the password for `--database` goes. Everyone on a machine can read command lines (`ps`), so none of
 * our examples shows a password.
 */
export const DATABASE_FLAG_PASSWORD = 'its password in DB_PASSWORD, or in the file DB_PASSWORD_FILE';

/** `DATABASE_URL`, given by the flag `--database`. */
export const databaseFlagSetting = { ...databaseSettings.DATABASE_URL, ...databaseUrl({ isFlag: true }) };

/**
 * Adds the password from `DB_PASSWORD` or `DB_PASSWORD_FILE` to the URL of `--database`, if the URL has none.
 *
 * @returns the unchanged URL when it is not MySQL's, has a password or is malformed
 */
export function completeDatabaseFlag(
  flag: string,
  env: Record<string, string | undefined>,
  readFile: (path: string) => string = readText,
): string | UnreadSetting {
  if (!lacksPassword(flag)) return flag;
  const { DB_PASSWORD: password = '' } = withSettingsFromFiles(['DB_PASSWORD'], env, readFile);
  if (password === '') return flag;
  if (password instanceof UnreadSetting) return password;
  return withPassword(flag, password);
}

/**
 * Like `completeDatabaseFlag`, for a program that has no other setting.
 *
 * @throws {SettingsError} for a file that cannot be read
 */
export function readDatabaseFlag(
  flag: string | undefined,
  env: Record<string, string | undefined>,
): string | undefined {
  const url = flag === undefined ? undefined : completeDatabaseFlag(flag, env);
  if (url instanceof UnreadSetting) throw new SettingsError([url.problem]);
  return url;
}
