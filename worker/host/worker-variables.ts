import { SettingsError } from '../../app/lib/settings.ts';
import { readSettingsFromFiles, readText } from '../../cli/settings-from-files.ts';
import { workerSettings } from '../config.ts';

/**
 * Returns the worker's variables from an environment, the token also from a file. The worker itself validates them.
 *
 * @throws {SettingsError} when the file cannot be read
 */
export function workerVariables(env: Record<string, string | undefined>): Record<string, string> {
  const problems: string[] = [];
  const fromFiles = readSettingsFromFiles(['DASHBOARD_TOKEN'], env, readText, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  const values: Record<string, string | undefined> = { ...env, ...fromFiles };
  const given = Object.keys(workerSettings).filter((name) => values[name]);
  return Object.fromEntries(given.map((name) => [name, values[name] as string]));
}
