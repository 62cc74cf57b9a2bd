import { readFileSync } from 'node:fs';
import { describeProblem } from '../app/lib/settings.ts';

export const readText = (path: string): string => readFileSync(path, 'utf8');

/**
 * Reads settings from the files that `…_FILE` variables name, as Docker passes secrets:
 * `DB_PASSWORD_FILE=/run/secrets/db_password`. Adds a line to `problems` for each file that cannot be read.
 *
 * @param names the settings that may come from a file
 * @param readFile reads a file as text, throwing when it cannot
 * @returns the settings named, whether from the environment or from a file
 */
export function readSettingsFromFiles(
  names: readonly string[],
  env: Record<string, string | undefined>,
  readFile: (path: string) => string,
  problems: string[],
): Record<string, string | undefined> {
  const values = names.map((name) => {
    const fileName = `${name}_FILE`;
    const path = env[fileName];
    if (path === undefined || path === '') return [name, env[name]];
    if (env[name])
      problems.push(describeProblem(fileName, `either ${name} or ${fileName}`, 'both', 'remove one of the two'));
    try {
      return [name, readFile(path).replace(/\r?\n$/, '')];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const got = `${JSON.stringify(path)} (${code})`;
      problems.push(describeProblem(fileName, 'a file that can be read', got, 'check path and rights'));
      return [name, undefined];
    }
  });
  return Object.fromEntries(values);
}
