import { inArray, type SQL, sql } from 'drizzle-orm';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import { endedSession, session } from '../../../drizzle/mysql-schema.ts';
import type { Log } from '../../lib/log.ts';
import { CommitInDoubtError, StoreUnavailableError } from '../../lib/store-errors.ts';
import {
  ENDED_SESSION_KEPT_MS,
  REPLACED_KNOWN_MS,
  type SessionLifetimes,
  type SessionStore,
  type SessionWrite,
} from '../../sessions/session-store.ts';
import { MYSQL_NOW } from '../database-clock.ts';
import { storeFailure } from '../failure.ts';
import { ConnectionBrokenError, type ConnectionPool } from './connection.ts';
import { createInDatabase } from './in-database.ts';
import { runTransaction } from './transaction.ts';
import { UNCACHED } from './uncached.ts';

export interface MysqlSessionStoreOptions {
  pool: ConnectionPool;
  log: Log;
  lifetimes: SessionLifetimes;
  /** Deadline of one read or one commit, in milliseconds. */
  deadlineMs?: number;
}

/** Stores sessions in MySQL or MariaDB. */
export function createMysqlSessionStore(options: MysqlSessionStoreOptions): SessionStore {
  const { pool, log, lifetimes, deadlineMs = 3000 } = options;
  const microseconds = (ms: number) => sql.raw(`${Math.round(ms * 1000)}`);
  const idleEnd = sql`${MYSQL_NOW} + interval ${microseconds(lifetimes.idleMs)} microsecond`;
  const absoluteEnd = sql`created_at + interval ${microseconds(lifetimes.absoluteMs)} microsecond`;
  const replacedSince = sql`${MYSQL_NOW} - interval ${microseconds(REPLACED_KNOWN_MS)} microsecond`;
  const expiry = sql`least(${idleEnd}, ${absoluteEnd})`;

  const inDatabase = createInDatabase({ pool, deadlineMs });
  const failed = (message: string) => (error: unknown) => storeFailure({ log, error, message });

  /** Returns the statements of a change. The change applies if the first one affects a row. */
  function statementsOf(write: SessionWrite): SQL[] {
    switch (write.kind) {
      case 'create':
        // `ignore`: an earlier attempt may have been committed. Reading finds out.
        return [
          sql`insert ignore into ${session} (id_hash, version, data, recent_changes, created_at, expires_at)
              select ${write.idHash}, 1, ${write.data}, ${JSON.stringify(write.recentChanges)}, created_at, ${expiry}
              from (select ${MYSQL_NOW} as created_at) as given`,
        ];
      case 'update':
        return [
          sql`update ${session} set version = version + 1, data = ${write.data},
              recent_changes = ${JSON.stringify(write.recentChanges)}, expires_at = ${expiry}
              where id_hash = ${write.idHash} and version = ${write.fromVersion} and expires_at > ${MYSQL_NOW}`,
        ];
      case 'touch':
        return [
          sql`update ${session} set expires_at = ${expiry} where id_hash = ${write.idHash} and expires_at > ${MYSQL_NOW}`,
        ];
      case 'replace':
        return [
          sql`update ${session} set id_hash = ${write.newIdHash}, version = version + 1,
              recent_changes = ${JSON.stringify(write.recentChanges)}, expires_at = ${expiry}
              where id_hash = ${write.idHash} and version = ${write.fromVersion} and expires_at > ${MYSQL_NOW}`,
          sql`insert into ${endedSession} (id_hash, ended_by, successor, ended_at)
              select ${write.idHash}, ${write.key}, ${write.newIdHash}, ${MYSQL_NOW} from dual where row_count() = 1`,
        ];
      case 'replaceAgain':
        return [
          sql`update ${session} join ${endedSession} on ${session.idHash} = ${endedSession.successor}
              set ${session.idHash} = ${write.newIdHash}, ${endedSession.successor} = ${write.newIdHash}
              where ${endedSession.idHash} = ${write.idHash} and ${endedSession.endedBy} = ${write.key}
              and ended_at > ${replacedSince} and expires_at > ${MYSQL_NOW}`,
        ];
      case 'end':
        return [
          sql`delete from ${session} where id_hash = ${write.idHash}`,
          sql`insert ignore into ${endedSession} (id_hash, ended_by, ended_at)
              values (${write.idHash}, ${write.key}, ${MYSQL_NOW})`,
        ];
    }
  }

  return {
    async read(idHashes) {
      const rows = await inDatabase(
        async (db) => {
          const [found] = await db.execute<RowDataPacket[]>(
            sql`select id_hash as idHash, version, data, recent_changes as recentChanges, null as replacedBy,
                timestampdiff(microsecond, ${MYSQL_NOW}, expires_at) as expiresIn,
                timestampdiff(microsecond, ${MYSQL_NOW}, ${absoluteEnd}) as endsIn, ${UNCACHED} as uncached
              from ${session} where ${inArray(session.idHash, [...idHashes])} and expires_at > ${MYSQL_NOW}
              union all
              select id_hash, null, null, null, ended_by, null, null, null
              from ${endedSession} where ${inArray(endedSession.idHash, [...idHashes])} and successor is not null
                and ended_at > ${replacedSince}`,
          );
          return found as unknown as RowDataPacket[];
        },
        failed('sessions could not be read'),
        'read',
      );
      const byHash = new Map(rows.map((row) => [row.idHash as string, row]));
      return idHashes.map((idHash) => {
        const row = byHash.get(idHash);
        if (!row) return undefined;
        if (row.replacedBy !== null) return { replacedBy: row.replacedBy as string };
        return {
          version: Number(row.version),
          data: row.data as string,
          recentChanges: JSON.parse(row.recentChanges as string) as string[],
          expiresInMs: Number(row.expiresIn) / 1000,
          endsInMs: Number(row.endsIn) / 1000,
        };
      });
    },

    async commit(writes) {
      let isCommitSent = false;
      // In one order for all replicas, so that their transactions do not block each other.
      const ordered = [...writes.entries()].sort(
        ([, a], [, b]) => Number(a.idHash > b.idHash) - Number(a.idHash < b.idHash),
      );
      const statements = ordered.map(([, write]) => statementsOf(write));
      const headers = await inDatabase(
        (db, { takesSeveralStatements }) => {
          isCommitSent = false;
          const onCommit = () => {
            isCommitSent = true;
          };
          return runTransaction(db, { statements: statements.flat(), takesSeveralStatements, onCommit });
        },
        (error) => {
          const inDoubt = isCommitSent && error instanceof ConnectionBrokenError;
          const kind = inDoubt ? CommitInDoubtError : StoreUnavailableError;
          return storeFailure({ log, error, message: 'sessions could not be written', kind });
        },
      );
      const applied = Array<boolean>(writes.length);
      let start = 0;
      for (const [place, [index]] of ordered.entries()) {
        const { affectedRows } = headers[start] as ResultSetHeader;
        applied[index] = affectedRows > 0;
        start += (statements[place] as SQL[]).length;
      }
      return applied;
    },

    async listEnded(withinMs) {
      const rows = await inDatabase(
        (db) =>
          db
            .select({ idHash: endedSession.idHash, uncached: UNCACHED })
            .from(endedSession)
            .where(sql`${endedSession.endedAt} > ${MYSQL_NOW} - interval ${microseconds(withinMs)} microsecond`),
        failed('ended sessions could not be listed'),
        'read',
      );
      return rows.map(({ idHash }) => idHash);
    },

    async purge(limit) {
      return await inDatabase(async (db) => {
        const [expired] = await db.execute<ResultSetHeader>(
          sql`delete from ${session} where expires_at < ${MYSQL_NOW} order by expires_at limit ${limit}`,
        );
        const [ended] = await db.execute<ResultSetHeader>(
          sql`delete from ${endedSession} where ended_at < ${MYSQL_NOW} - interval ${microseconds(ENDED_SESSION_KEPT_MS)} microsecond
              order by ended_at limit ${limit}`,
        );
        return expired.affectedRows + ended.affectedRows;
      }, failed('expired sessions could not be removed'));
    },
  };
}
