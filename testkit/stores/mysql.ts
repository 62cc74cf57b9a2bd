import type { RowDataPacket } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { parseMysqlUrl } from '../../cli/mysql-url.ts';
import type { Database } from '../../origin/database/database.ts';
import { openMysql as openMysqlDatabase } from '../../origin/database/mysql.ts';
import { createLogger } from '../../origin/log/logger.ts';
import { createTestDatabase, hasMysql, type TestDatabase } from '../mysql/database.ts';
import { openStoreProcess } from '../processes/store.ts';
import { LEDGER_COLUMNS, type Ledger, type StoreBackend } from './backend.ts';

export const mysqlBackend: StoreBackend = {
  name: 'MySQL',
  dialect: 'mysql',
  isAvailable: hasMysql,
  async create() {
    const database = await createMigratedDatabase();
    return {
      open: () => openMysql(database.url),
      openStore: () => openMysql(database.url).store,
      openReplica: () => openStoreProcess(database.url),
      ledger: () => readLedger(database.admin),
      async execute(statement) {
        await database.admin.query(statement);
      },
      async redate(prefix, ageMs) {
        await database.admin.query(
          'update access_log set time = utc_timestamp(3) - interval ? second where request_id like ?',
          [ageMs / 1000, `${prefix}%`],
        );
      },
      remove: database.drop,
    };
  },
};

/** Creates a migrated database for one test. */
export async function createMigratedDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  const { store, migrate } = openMysql(database.url);
  await migrate();
  await store.close();
  return database;
}

/** Opens a MySQL as a replica does. */
export function openMysql(url: string): Database {
  return openMysqlDatabase(parseMysqlUrl(url), createLogger('silent'));
}

/**
 * Reads the content of a MySQL database. The server converts the time to a number, so no time zone of the driver
 * matters.
 */
export async function readLedger(connection: Connection): Promise<Ledger> {
  const [counters] = await connection.query<RowDataPacket[]>('select value from global_counter');
  const [rows] = await connection.query<RowDataPacket[]>(
    `select ${LEDGER_COLUMNS}, timestampdiff(microsecond, '1970-01-01', time) div 1000 as timeMs
     from access_log order by number`,
  );
  return { counter: counters[0]?.value as number, rows: rows.map((row) => ({ ...row })) as Ledger['rows'] };
}
