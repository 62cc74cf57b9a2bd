import { describeProblem, SettingsError } from '../../app/lib/settings.ts';
import type { DatabaseConfig } from '../../cli/database-config.ts';
import type { MysqlConfig } from '../../cli/mysql-url.ts';

export type EdgeDatabase = MysqlConfig;

/**
 * Returns the MySQL of the edge, which is the replicas' MySQL.
 *
 * @returns undefined for a SQLite file: only processes of this machine can use it, and the runtime reads no files
 * @throws {SettingsError} for TLS without verification, which the runtime lacks
 */
export function toEdgeDatabase(config: DatabaseConfig): EdgeDatabase | undefined {
  if (config.kind !== 'mysql') return undefined;
  if (config.connection.tls.mode === 'required') {
    const fix = 'set DB_TLS=verify (ssl-mode=VERIFY_IDENTITY), with DB_TLS_CA_FILE (ssl-ca) for a CA of your own';
    const expected = 'off or verify, because the runtime of the edge always verifies certificates';
    throw new SettingsError([describeProblem('DB_TLS', expected, '"required"', fix)]);
  }
  return config.connection;
}
