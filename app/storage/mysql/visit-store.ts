import { sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import type { ResultSetHeader } from 'mysql2';
import { accessLog, globalCounter } from '../../../drizzle/mysql-schema.ts';
import { startDeadline } from '../../lib/deadline.ts';
import type { Log } from '../../lib/log.ts';
import { CommitInDoubtError, StoreUnavailableError } from '../../lib/store-errors.ts';
import { MissingCounterError } from '../../visits/errors.ts';
import type { PurgeOptions, VisitStore } from '../../visits/visit.ts';
import { visitNumber } from '../../visits/visit-number.ts';
import { MYSQL_NOW } from '../database-clock.ts';
import { storeFailure } from '../failure.ts';
import { appendVisits } from './append-visits.ts';
import { ConnectionBrokenError, type ConnectionPool, withConnection } from './connection.ts';
import { createInDatabase } from './in-database.ts';
import { UNCACHED } from './uncached.ts';

export interface MysqlStoreOptions {
  pool: ConnectionPool;
  log: Log;
  /** Deadline of one commit or one count, in milliseconds, including retries and the wait for a connection. */
  deadlineMs?: number;
}

/** Attempts per commit: after a restart of the server, every idle connection of the pool may be dead. */
const COMMIT_TRIES = 3;

/**
 * Stores visits in MySQL or MariaDB. Each commit locks the counter first and holds the lock until its end. The commits of all
 * replicas therefore run one after another, which makes the numbers gapless.
 */
export function createMysqlStore(options: MysqlStoreOptions): VisitStore {
  const { pool, log, deadlineMs = 3000 } = options;
  const inDatabase = createInDatabase({ pool, deadlineMs });
  const failed = (message: string) => (error: unknown) => storeFailure({ log, error, message });

  return {
    async commit(visits) {
      using deadline = startDeadline(deadlineMs);
      for (let triesLeft = COMMIT_TRIES - 1, inDoubt = false; ; triesLeft--) {
        let isCommitSent = false;
        const onCommit = () => {
          isCommitSent = true;
        };
        const onRollback = () => {
          isCommitSent = false;
        };
        try {
          return await withConnection(pool, deadline.signal, (db, { takesSeveralStatements }) => {
            isCommitSent = false;
            return appendVisits(db, { visits, onCommit, onRollback, takesSeveralStatements });
          });
        } catch (error) {
          const isBroken = error instanceof ConnectionBrokenError;
          // When the client disconnects before it sent a COMMIT, the server rolls back.
          inDoubt ||= isBroken && isCommitSent;
          // If the answer to a COMMIT was lost, committing again finds out: the request ids show which visits have a row.
          if (isBroken && triesLeft > 0 && !deadline.signal.aborted) continue;
          const kind = inDoubt ? CommitInDoubtError : StoreUnavailableError;
          const fields = { visits: visits.length, inDoubt };
          throw storeFailure({ log, error, message: 'visits could not be committed', fields, kind });
        }
      }
    },

    count: () =>
      inDatabase(
        async (db) => {
          const [row] = await db.select({ value: globalCounter.value, uncached: UNCACHED }).from(globalCounter);
          if (!row) throw new MissingCounterError();
          return visitNumber(row.value);
        },
        failed('the counter could not be read'),
        'read',
      ),

    checkWritable: () =>
      inDatabase(async (db) => {
        for (const statement of WRITE_NOTHING) await db.execute(statement);
      }, failed('visits could not be written')),

    purge: (options) => inDatabase((db) => deleteOldest(db, options), failed('old visits could not be removed')),

    async close() {
      // An error while closing is no problem: a broken connection is closed, too.
      await pool.end().catch(() => {});
    },
  };
}

/** Statements that fail where a commit would fail: on a read-only server, and while another session locks the tables. */
const WRITE_NOTHING = [
  sql`insert into ${accessLog} (number, request_id, time, client_ip, server_ip, sid)
      select value, '', ${MYSQL_NOW}, '', '', '' from ${globalCounter} where false`,
  sql`update ${globalCounter} set value = value where false`,
];

/**
 * Locks the oldest rows that no other replica is deleting, then deletes only these, by primary key. The index hints prevent a
 * deadlock: without them MySQL scans a small table in full, and waits for rows that other replicas have locked while these
 * wait for ours.
 */
async function deleteOldest(db: MySql2Database, { ageMs, upTo, limit }: PurgeOptions): Promise<number> {
  const { number, time } = accessLog;
  const [result] = await db.execute<ResultSetHeader>(
    sql`delete ${accessLog} from (
        select ${number} as number from ${accessLog} force index (access_log_time)
        where ${time} < ${MYSQL_NOW} - interval ${ageMs / 1000} second and ${number} <= ${upTo}
        order by ${time} limit ${limit} for update skip locked
      ) as oldest
      straight_join ${accessLog} force index (primary) on ${number} = oldest.number`,
  );
  return result.affectedRows;
}
