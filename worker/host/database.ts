import { SettingsError } from '../../app/lib/settings.ts';
import { readDatabaseConfig } from '../../cli/database-config.ts';
import type { MysqlParts } from '../../cli/database-url.ts';
import { readText } from '../../cli/settings-from-files.ts';

export type EdgeDatabase = MysqlParts;

/**
 * Reads the MySQL of the edge from the environment, in the same settings as the replicas'.
 *
 * @returns undefined for a SQLite file: only processes of this machine can use it, and the runtime reads no files
 * @throws {SettingsError} naming every invalid setting
 */
export function readEdgeDatabase(env: Record<string, string | undefined>): EdgeDatabase | undefined {
  const problems: string[] = [];
  const config = readDatabaseConfig(env, readText, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return config.kind === 'mysql' ? config.connection : undefined;
}
