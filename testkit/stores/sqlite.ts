import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@libsql/client';
import { fileUrl } from '../../cli/database-url.ts';
import { openSqlite } from '../../origin/database/sqlite.ts';
import { createLogger } from '../../origin/log/logger.ts';
import { openStoreProcess } from '../processes/store.ts';
import { LEDGER_COLUMNS, type Ledger, REDATE, type StoreBackend } from './backend.ts';

/** A file that the replicas of one machine share. */
export const sqliteBackend: StoreBackend = {
  name: 'a SQLite file',
  dialect: 'sqlite',
  isAvailable: true,
  async create() {
    const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
    const path = join(folder, 'visits.sqlite');
    const url = fileUrl(path);
    const open = () => openSqlite(path, createLogger('silent'));
    const { store, migrate } = open();
    await migrate();
    await store.close();
    return {
      open,
      openStore: () => open().store,
      openReplica: () => openStoreProcess(url),
      ledger: () => withClient(url, readLedger),
      async execute(statement) {
        await withClient(url, (client) => client.execute(statement));
      },
      async redate(prefix, ageMs) {
        await withClient(url, (client) => client.execute({ sql: REDATE, args: [ageMs, `${prefix}%`] }));
      },
      remove: () => rm(folder, { recursive: true }),
    };
  },
};

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = createClient({ url });
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

async function readLedger(client: Client): Promise<Ledger> {
  const [counter, rows] = await client.batch([
    'select value from global_counter',
    `select ${LEDGER_COLUMNS}, time as timeMs from access_log order by number`,
  ]);
  return {
    counter: counter?.rows[0]?.value as number,
    rows: rows?.rows.map((row) => ({ ...row })) as unknown as Ledger['rows'],
  };
}
