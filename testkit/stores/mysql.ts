import { parseMysqlUrl } from '../../cli/mysql-url.ts';
import type { Database } from '../../origin/database/database.ts';
import { openMysql as openMysqlDatabase } from '../../origin/database/mysql.ts';
import { createLogger } from '../../origin/log/logger.ts';
import { createTestDatabase, hasMysql, type TestDatabase } from '../mysql/database.ts';
import { openStoreProcess } from '../processes/store.ts';
import type { StoreBackend } from './backend.ts';
import { readLedger } from './mysql-ledger.ts';

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
