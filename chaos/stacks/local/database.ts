import type { RowDataPacket } from 'mysql2/promise';
import { delay } from '../../../app/lib/delay.ts';
import { type MysqlPower, mysqlVersion } from '../../../testkit/mysql/server.ts';
import { createMigratedDatabase, dropDatabase, startAnyMysql, withConnection } from '../../../testkit/mysql/start.ts';
import type { Ledger } from '../../history.ts';
import { RETRIED_VISITS } from '../cut-in-retry.ts';
import type { HoldCounter } from '../stop-under-load.ts';

/** A database for one run. */
export interface LocalDatabase {
  url: string;
  /** Description of its server. */
  about: string;
  power: MysqlPower | undefined;
  holdCounter: HoldCounter;
  execute(statement: string): Promise<void>;
  /** Returns the request ids of the last visits. */
  lastRequestIds(): Promise<string[]>;
  ledger(): Promise<Ledger>;
  remove(): Promise<void>;
}

/**
 * Creates a migrated database on the given server, or on one that it starts.
 *
 * @throws {NoMysqlError} when no MySQL is available
 */
export async function createLocalDatabase(
  givenUrl: string | undefined,
  say: (line: string) => void,
): Promise<LocalDatabase> {
  const server = await startAnyMysql(givenUrl, say);
  const url = await createMigratedDatabase(server, 'mooring_chaos');

  return {
    url,
    about: `${await mysqlVersion(server.url)}, ${server.origin}`,
    power: server.power,
    async holdCounter(heldMs) {
      const isHeld = Promise.withResolvers<void>();
      const letGo = withConnection(url, async (admin) => {
        await admin.query('start transaction');
        await admin.query('select value from global_counter for update');
        isHeld.resolve();
        await delay(heldMs);
        await admin.query('commit');
        // Without a database there is no lock to hold.
      }).catch(() => isHeld.resolve());
      await isHeld.promise;
      return { letGo };
    },
    async execute(statement) {
      await withConnection(url, (admin) => admin.query(statement));
    },
    lastRequestIds: () =>
      withConnection(url, async (admin) => {
        const [rows] = await admin.query<RowDataPacket[]>(
          `select request_id as requestId from access_log order by number desc limit ${RETRIED_VISITS}`,
        );
        return rows.map(({ requestId }) => `${requestId}`);
      }),
    ledger: () =>
      withConnection(url, async (admin) => {
        const [counters] = await admin.query<RowDataPacket[]>('select value from global_counter');
        const [rows] = await admin.query<RowDataPacket[]>('select number, request_id as requestId from access_log');
        return { counter: counters[0]?.value as number, rows: rows as Ledger['rows'] };
      }),
    async remove() {
      await dropDatabase(url);
      server.stop();
    },
  };
}
