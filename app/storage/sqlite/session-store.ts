import { and, asc, eq, gt, inArray, isNotNull, lt, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';
import { endedSession, session } from '../../../drizzle/sqlite-schema.ts';
import type { Log } from '../../lib/log.ts';
import { CommitInDoubtError, StoreUnavailableError } from '../../lib/store-errors.ts';
import {
  ENDED_SESSION_KEPT_MS,
  REPLACED_KNOWN_MS,
  type SessionLifetimes,
  type SessionStore,
  type SessionWrite,
} from '../../sessions/session-store.ts';
import { SQLITE_NOW_MS } from '../database-clock.ts';
import { storeFailure } from '../failure.ts';
import { isAnswered } from './answered.ts';
import { type BusyRetryOptions, createBusyRetry } from './retry-busy.ts';

export interface SqliteSessionStoreOptions extends BusyRetryOptions {
  /** A SQLite file shared by the replicas of one machine, or Cloudflare's D1. */
  db: LibSQLDatabase | DrizzleD1Database;
  log: Log;
  lifetimes: SessionLifetimes;
}

/** D1 accepts no more parameters per statement. */
const MAX_PARAMETERS = 100;

const SESSION = { idHash: session.idHash };
const ENDED = { idHash: endedSession.idHash };

/** Stores sessions in SQLite. A commit is one batch, which SQLite and D1 run as one write transaction. */
export function createSqliteSessionStore(options: SqliteSessionStoreOptions): SessionStore {
  const { log, lifetimes } = options;
  // Both types have these methods, but TypeScript cannot call a union of them.
  const db = options.db as DrizzleD1Database;
  const inTurn = createBusyRetry(options);
  const expiry = sql`min(${SQLITE_NOW_MS} + ${lifetimes.idleMs}, created_at + ${lifetimes.absoluteMs})`;
  const isRecent = gt(endedSession.endedAt, sql`${SQLITE_NOW_MS} - ${REPLACED_KNOWN_MS}`);
  const isLive = gt(session.expiresAt, sql`${SQLITE_NOW_MS}`);

  async function inDatabase<T>(
    message: string,
    work: () => Promise<T>,
    kindOf = (_error: unknown): typeof StoreUnavailableError => StoreUnavailableError,
  ): Promise<T> {
    try {
      return await inTurn(work);
    } catch (error) {
      throw storeFailure({ log, error, message, kind: kindOf(error) });
    }
  }

  const ofHash = (idHash: string) => eq(session.idHash, idHash);
  const changed = ({ recentChanges }: { recentChanges: string[] }) => ({
    version: sql`${session.version} + 1`,
    recentChanges: JSON.stringify(recentChanges),
    expiresAt: expiry,
  });

  /** Returns the statements of a change. Each returns rows; the change applies if the first one does. */
  function statementsOf(write: SessionWrite) {
    const isEnded = (key: string) => and(eq(endedSession.idHash, write.idHash), eq(endedSession.endedBy, key));
    switch (write.kind) {
      case 'create': {
        const { idHash, data, recentChanges } = write;
        const lifetime = Math.min(lifetimes.idleMs, lifetimes.absoluteMs);
        const times = { createdAt: SQLITE_NOW_MS, expiresAt: sql`${SQLITE_NOW_MS} + ${lifetime}` };
        const row = { idHash, version: 1, data, recentChanges: JSON.stringify(recentChanges), ...times };
        // An earlier attempt may have been committed. Reading finds out.
        return [db.insert(session).values(row).onConflictDoNothing().returning(SESSION)];
      }
      case 'update': {
        const isExpected = and(ofHash(write.idHash), eq(session.version, write.fromVersion), isLive);
        const state = { ...changed(write), data: write.data };
        return [db.update(session).set(state).where(isExpected).returning(SESSION)];
      }
      case 'touch':
        return [
          db
            .update(session)
            .set({ expiresAt: expiry })
            .where(and(ofHash(write.idHash), isLive))
            .returning(SESSION),
        ];
      case 'replace': {
        const isExpected = and(ofHash(write.idHash), eq(session.version, write.fromVersion), isLive);
        const state = { ...changed(write), idHash: write.newIdHash };
        const ended = sql`select ${write.idHash}, ${write.key}, ${write.newIdHash}, ${SQLITE_NOW_MS} where changes() = 1`;
        return [
          db.update(session).set(state).where(isExpected).returning(SESSION),
          db.insert(endedSession).select(ended).returning(ENDED),
        ];
      }
      case 'replaceAgain': {
        const wasReplaced = and(isEnded(write.key), isRecent);
        const successor = db.select({ idHash: endedSession.successor }).from(endedSession).where(wasReplaced);
        const wasMoved = and(isEnded(write.key), sql`changes() = 1`);
        return [
          db
            .update(session)
            .set({ idHash: write.newIdHash })
            .where(and(inArray(session.idHash, successor), isLive))
            .returning(SESSION),
          db.update(endedSession).set({ successor: write.newIdHash }).where(wasMoved).returning(ENDED),
        ];
      }
      case 'end': {
        const row = { idHash: write.idHash, endedBy: write.key, endedAt: SQLITE_NOW_MS };
        return [
          db.delete(session).where(ofHash(write.idHash)).returning(SESSION),
          db.insert(endedSession).values(row).onConflictDoNothing().returning(ENDED),
        ];
      }
    }
  }

  async function readSome(idHashes: string[]) {
    const [found, replaced] = await inDatabase('sessions could not be read', () =>
      db.batch([
        db
          .select({
            idHash: session.idHash,
            version: session.version,
            data: session.data,
            recentChanges: session.recentChanges,
            expiresInMs: sql<number>`${session.expiresAt} - ${SQLITE_NOW_MS}`,
            endsInMs: sql<number>`${session.createdAt} + ${lifetimes.absoluteMs} - ${SQLITE_NOW_MS}`,
          })
          .from(session)
          .where(and(inArray(session.idHash, idHashes), isLive)),
        db
          .select({ idHash: endedSession.idHash, replacedBy: endedSession.endedBy })
          .from(endedSession)
          .where(and(inArray(endedSession.idHash, idHashes), isNotNull(endedSession.successor), isRecent)),
      ]),
    );
    return { found, replaced };
  }

  return {
    async read(idHashes) {
      const byHash = new Map<string, Awaited<ReturnType<SessionStore['read']>>[number]>();
      // One parameter is the absolute lifetime.
      for (let start = 0; start < idHashes.length; start += MAX_PARAMETERS - 1) {
        const { found, replaced } = await readSome(idHashes.slice(start, start + MAX_PARAMETERS - 1));
        for (const { idHash, replacedBy } of replaced) byHash.set(idHash, { replacedBy });
        for (const { idHash, recentChanges, ...rest } of found) {
          byHash.set(idHash, { ...rest, recentChanges: JSON.parse(recentChanges) as string[] });
        }
      }
      return idHashes.map((idHash) => byHash.get(idHash));
    },

    async commit(writes) {
      return await inDatabase(
        'sessions could not be written',
        async () => {
          const statements = writes.map(statementsOf);
          const [first, ...others] = statements.flat();
          if (!first) return [];
          const rows = await db.batch([first, ...others]);
          let next = 0;
          return statements.map((own) => {
            const start = next;
            next += own.length;
            return (rows[start] as unknown[]).length > 0;
          });
        },
        (error) => (isAnswered(error) ? StoreUnavailableError : CommitInDoubtError),
      );
    },

    async listEnded(withinMs) {
      const rows = await inDatabase('ended sessions could not be listed', async () =>
        db
          .select({ idHash: endedSession.idHash })
          .from(endedSession)
          .where(sql`${endedSession.endedAt} > ${SQLITE_NOW_MS} - ${withinMs}`),
      );
      return rows.map(({ idHash }) => idHash);
    },

    async purge(limit) {
      const expired = db
        .select({ idHash: session.idHash })
        .from(session)
        .where(lt(session.expiresAt, sql`${SQLITE_NOW_MS}`))
        .orderBy(asc(session.expiresAt))
        .limit(limit);
      const forgotten = db
        .select({ idHash: endedSession.idHash })
        .from(endedSession)
        .where(lt(endedSession.endedAt, sql`${SQLITE_NOW_MS} - ${ENDED_SESSION_KEPT_MS}`))
        .limit(limit);
      const removed = await inDatabase('expired sessions could not be removed', () =>
        db.batch([
          db.delete(session).where(inArray(session.idHash, expired)).returning(SESSION),
          db.delete(endedSession).where(inArray(endedSession.idHash, forgotten)).returning(ENDED),
        ]),
      );
      return removed.flat().length;
    },
  };
}
