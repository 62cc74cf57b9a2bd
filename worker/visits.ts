import { drizzle } from 'drizzle-orm/d1';
import type { AppDeps } from '../origin/app.ts';
import { createGroupCommit } from '../origin/group-commit.ts';
import type { Log } from '../origin/log.ts';
import { createMysqlStore } from '../origin/mysql-store.ts';
import { createSqliteStore } from '../origin/sqlite-store.ts';
import type { VisitStore } from '../origin/visit.ts';
import { createHyperdriveConnections } from './hyperdrive.ts';

/** Counts visits where the replicas count them, in the MySQL behind a Hyperdrive binding. */
export function createMysqlVisits(hyperdrive: Hyperdrive, log: Log): AppDeps['visits'] {
  return visitsIn(createMysqlStore({ pool: createHyperdriveConnections(hyperdrive), log }));
}

/** Counts visits at the edge alone. */
export function createD1Visits(database: D1Database, log: Log): AppDeps['visits'] {
  return visitsIn(createSqliteStore({ db: drizzle(database), log }));
}

/** A group for each visit by itself: a request of a worker may not wait for the work of another. */
function visitsIn({ commit, count }: VisitStore): AppDeps['visits'] {
  return { record: (visit) => createGroupCommit({ commit, queueLimit: 1 }).record(visit), count };
}
