import { readFileSync } from 'node:fs';
import { SettingsError } from '../../app/lib/settings.ts';
import { readDatabaseConfig } from '../../cli/database-config.ts';
import type { MysqlParts } from '../../cli/database-url.ts';

/** A MySQL that the worker is bound to. */
export type EdgeDatabase = MysqlParts;

/**
 * Finds the MySQL for the edge where the replicas find theirs, in the environment.
 *
 * @returns undefined when that is no MySQL: a file is for processes of this machine, and the runtime reads none
 * @throws {SettingsError} naming every wrong setting
 */
export function readEdgeDatabase(env: Record<string, string | undefined>): EdgeDatabase | undefined {
  const problems: string[] = [];
  const config = readDatabaseConfig(env, (path) => readFileSync(path, 'utf8'), problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return config.kind === 'mysql' ? config.connection : undefined;
}
