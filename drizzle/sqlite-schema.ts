import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** One row with `id` 1: the number of visits ever counted. */
export const globalCounter = sqliteTable(
  'global_counter',
  {
    id: integer().primaryKey(),
    value: integer().notNull(),
  },
  () => [check('global_counter_one_row', sql`id = 1`)],
);

/**
 * One row per visit. `number` is the counter right after the visit's increment. `request_id` identifies a retry of the same
 * visit. `time` is when the database counted the visit, by the database's clock; it serves only to find old rows.
 */
export const accessLog = sqliteTable(
  'access_log',
  {
    number: integer().primaryKey(),
    requestId: text('request_id').notNull().unique('access_log_request_id'),
    time: integer({ mode: 'timestamp_ms' }).notNull(),
    clientIp: text('client_ip').notNull(),
    serverIp: text('server_ip').notNull(),
    sid: text().notNull(),
  },
  ({ time }) => [index('access_log_time').on(time)],
);

/** One row per replica, which the replica updates every second, for the dashboard. `seen_at` is by the database's clock. */
export const replica = sqliteTable('replica', {
  sid: text().primaryKey(),
  address: text().notNull(),
  version: text().notNull(),
  state: text().notNull(),
  startedAt: integer('started_at', { mode: 'timestamp_ms' }).notNull(),
  seenAt: integer('seen_at', { mode: 'timestamp_ms' }).notNull(),
  figures: text({ mode: 'json' }).notNull(),
});

/**
 * One row per live session. `id_hash` is the SHA-256 of the id in the client's cookie, in hexadecimal. `version` grows with
 * each change of the session. `data` is JSON. `recent_changes` names the latest changes, so that a retried request does not
 * repeat its change. Times are by the database's clock.
 */
export const session = sqliteTable(
  'session',
  {
    idHash: text('id_hash').primaryKey(),
    version: integer().notNull(),
    data: text().notNull(),
    recentChanges: text('recent_changes').notNull(),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
    expiresAt: integer('expires_at', { mode: 'timestamp_ms' }).notNull(),
  },
  ({ expiresAt }) => [index('session_expires_at').on(expiresAt)],
);

/**
 * One row per session id that was given up lately, so that every replica drops its copy of the session. After `regenerate`,
 * `successor` is the hash of the new id. `ended_by` names the change, so that a retried request finds the new session.
 */
export const endedSession = sqliteTable(
  'ended_session',
  {
    idHash: text('id_hash').primaryKey(),
    endedBy: text('ended_by').notNull(),
    successor: text(),
    endedAt: integer('ended_at', { mode: 'timestamp_ms' }).notNull(),
  },
  ({ endedAt }) => [index('ended_session_ended_at').on(endedAt)],
);

/**
 * One row per request whose writes an app made with `once`, so that a retry does not make them again. `key_hash` is the
 * SHA-256 of the key, in hexadecimal. `applied_at` is by the database's clock.
 */
export const appliedRequest = sqliteTable(
  'applied_request',
  {
    keyHash: text('key_hash').primaryKey(),
    appliedAt: integer('applied_at', { mode: 'timestamp_ms' }).notNull(),
  },
  ({ appliedAt }) => [index('applied_request_applied_at').on(appliedAt)],
);
