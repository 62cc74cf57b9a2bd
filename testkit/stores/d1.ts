import { drizzle } from 'drizzle-orm/d1';
import { createSqliteAppDatabase } from '../../app/storage/sqlite/app-database.ts';
import { createSqliteReplicaRegistry } from '../../app/storage/sqlite/replica-registry.ts';
import { createSqliteSessionStore } from '../../app/storage/sqlite/session-store.ts';
import { createSqliteStore } from '../../app/storage/sqlite/visit-store.ts';
import { createLogger } from '../../origin/log/logger.ts';
import { type EdgeHarness, startEdgeHarness } from '../fronts/edge-harness.ts';
import { LEDGER_COLUMNS, type Ledger, REDATE, type StoreBackend } from './backend.ts';

/** Starting workerd takes much longer than a test, so the tests of a file share one, one after the other. */
let harness: Promise<EdgeHarness> | undefined;

/** Cloudflare's D1, in workerd on this machine. */
export const d1Backend: StoreBackend = {
  name: 'D1',
  dialect: 'sqlite',
  isAvailable: true,
  async create() {
    harness ??= startEdgeHarness();
    const { d1, resetD1 } = await harness;
    await resetD1();
    const db = drizzle(d1);
    const openStore = () => createSqliteStore({ db, log: createLogger('silent') });
    return {
      openStore,
      open: () => ({
        store: openStore(),
        replicas: createSqliteReplicaRegistry({ db }),
        openSessionStore: (lifetimes) => createSqliteSessionStore({ db, log: createLogger('silent'), lifetimes }),
        openAppDatabase: () => createSqliteAppDatabase({ db, log: createLogger('silent') }),
      }),
      openReplica: async () => openStore(),
      async ledger() {
        const counter = await d1.prepare('select value from global_counter').first<number>('value');
        const rows = await d1
          .prepare(`select ${LEDGER_COLUMNS}, time as timeMs from access_log order by number`)
          .all<Ledger['rows'][number]>();
        return { counter: counter as number, rows: rows.results };
      },
      async execute(statement) {
        await d1.prepare(statement).run();
      },
      async redate(prefix, ageMs) {
        await d1.prepare(REDATE).bind(ageMs, `${prefix}%`).run();
      },
      remove: async () => {},
    };
  },
  async close() {
    const started = harness;
    harness = undefined;
    await (await started)?.close();
  },
};
