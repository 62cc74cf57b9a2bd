import { readFileSync } from 'node:fs';
import { describeProblem, type GivenSettings, UnreadSetting } from '../app/lib/settings.ts';

export const readText = (path: string): string => readFileSync(path, 'utf8');

/**
 * Adds the settings from the files that `…_FILE` variables name, as Docker passes secrets:
 * `DB_PASSWORD_FILE=/run/secrets/db_password`.
 *
 * @param names the settings that may come from a file
 * @param readFile reads a file as text, throwing when it cannot
 */
export function withSettingsFromFiles(
  names: readonly string[],
  env: Record<string, string | undefined>,
  readFile: (path: string) => string,
): GivenSettings {
  const given: GivenSettings = { ...env };
  for (const name of names) {
    const path = env[`${name}_FILE`];
    if (path) given[name] = env[name] ? givenTwice(name) : readSetting(name, path, readFile);
  }
  return given;
}

function givenTwice(name: string): UnreadSetting {
  const fileName = `${name}_FILE`;
  return new UnreadSetting(describeProblem(fileName, `either ${name} or ${fileName}`, 'both', 'remove one of the two'));
}

function readSetting(name: string, path: string, readFile: (path: string) => string): string | UnreadSetting {
  try {
    return readFile(path).replace(/\r?\n$/, '');
  } catch (error) {
    const got = `${JSON.stringify(path)} (${(error as NodeJS.ErrnoException).code})`;
    return new UnreadSetting(describeProblem(`${name}_FILE`, 'a file that can be read', got, 'check path and rights'));
  }
}
