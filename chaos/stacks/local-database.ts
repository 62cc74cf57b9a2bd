import { setTimeout } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { type MysqlPower, mysqlVersion } from '../../testkit/mysql/server.ts';
import { createMigratedDatabase, dropDatabase, startAnyMysql, withConnection } from '../../testkit/mysql/start.ts';
import type { Ledger } from '../history.ts';
import { RETRIED_VISITS } from './cut-in-retry.ts';
import type { HoldCounter } from './stop-under-load.ts';

/** A database of one run's own. */
export interface LocalDatabase {
  url: string;
  /** Which server it is on, in words. */
  about: string;
  power: MysqlPower | undefined;
  holdCounter: HoldCounter;
  execute(statement: string): Promise<void>;
  /** The request ids of the last visits. */
  lastRequestIds(): Promise<string[]>;
  ledger(): Promise<Ledger>;
  remove(): Promise<void>;
}

/**
 * Makes a migrated database on the server that is given, or on one that is started for it.
 *
 * @throws {NoMysqlError} when there is none
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
        await setTimeout(heldMs);
        await admin.query('commit');
        // Nobody is held by a database that is away.
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
