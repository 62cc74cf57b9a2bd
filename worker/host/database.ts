import type { DatabaseConfig } from '../../cli/database-config.ts';
import type { MysqlConfig } from '../../cli/mysql-url.ts';

export type EdgeDatabase = MysqlConfig;

/**
 * Returns the MySQL of the edge, which is the replicas' MySQL.
 *
 * @returns undefined for a SQLite file: only processes of this machine can use it, and the runtime reads no files
 */
export function toEdgeDatabase(config: DatabaseConfig): EdgeDatabase | undefined {
  return config.kind === 'mysql' ? config.connection : undefined;
}
