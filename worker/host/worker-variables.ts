import { readFileSync } from 'node:fs';
import { SettingsError } from '../../app/lib/settings.ts';
import { readSettingsFromFiles } from '../../cli/settings-from-files.ts';
import { workerSettings } from '../config.ts';

/**
 * The worker's variables among those of an environment, the token also from a file; a wrong one is the worker's to refuse.
 *
 * @throws {SettingsError} when the file cannot be read
 */
export function workerVariables(env: Record<string, string | undefined>): Record<string, string> {
  const problems: string[] = [];
  const fromFiles = readSettingsFromFiles(['DASHBOARD_TOKEN'], env, (path) => readFileSync(path, 'utf8'), problems);
  if (problems.length > 0) throw new SettingsError(problems);
  const values: Record<string, string | undefined> = { ...env, ...fromFiles };
  const given = Object.keys(workerSettings).filter((name) => values[name]);
  return Object.fromEntries(given.map((name) => [name, values[name] as string]));
}
