import { sql } from 'drizzle-orm';
import { bigint, check, customType, datetime, index, json, mysqlTable, tinyint, varchar } from 'drizzle-orm/mysql-core';

/** Text that is compared byte for byte. In the server's default collation, `A` and `a` would be the same request id. */
const token = customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length}) character set ascii collate ascii_bin`,
});

/** JSON that is stored as text, whatever the database's default character set. MySQL's JSON type would rewrite numbers and keys. */
const jsonText = customType<{ data: string }>({ dataType: () => 'text character set utf8mb4 collate utf8mb4_bin' });

/**
 * One row with `id` 1: the number of visits ever counted. Every transaction that counts visits locks it, so numbers have no
 * gaps.
 */
export const globalCounter = mysqlTable(
  'global_counter',
  {
    id: tinyint({ unsigned: true }).primaryKey(),
    value: bigint({ mode: 'number', unsigned: true }).notNull(),
  },
  () => [check('global_counter_one_row', sql`id = 1`)],
);

/**
 * One row per visit. `number` is the counter right after the visit's increment. `request_id` identifies a retry of the same
 * visit. `time` is when the database counted the visit, by the database's clock; it serves only to find old rows.
 */
export const accessLog = mysqlTable(
  'access_log',
  {
    number: bigint({ mode: 'number', unsigned: true }).primaryKey(),
    requestId: token('request_id', { length: 64 }).notNull().unique('access_log_request_id'),
    time: datetime({ mode: 'date', fsp: 3 }).notNull(),
    clientIp: varchar('client_ip', { length: 45 }).notNull(),
    serverIp: varchar('server_ip', { length: 45 }).notNull(),
    sid: varchar({ length: 64 }).notNull(),
  },
  ({ time }) => [index('access_log_time').on(time)],
);

/**
 * One row per replica, which the replica updates every second, for the dashboard. `seen_at` is by the database's clock, in
 * UTC.
 */
export const replica = mysqlTable('replica', {
  sid: varchar({ length: 64 }).primaryKey(),
  address: varchar({ length: 64 }).notNull(),
  version: varchar({ length: 32 }).notNull(),
  state: varchar({ length: 16 }).notNull(),
  startedAt: datetime('started_at', { mode: 'date', fsp: 3 }).notNull(),
  seenAt: datetime('seen_at', { mode: 'date', fsp: 3 }).notNull(),
  figures: json().notNull(),
});

/**
 * One row per live session. `id_hash` is the SHA-256 of the id in the client's cookie, in hexadecimal. `version` grows with
 * each change of the session. `recent_changes` names the latest changes, so that a retried request does not
 * repeat its change. Times are by the database's clock, in UTC.
 */
export const session = mysqlTable(
  'session',
  {
    idHash: token('id_hash', { length: 64 }).primaryKey(),
    version: bigint({ mode: 'number', unsigned: true }).notNull(),
    data: jsonText().notNull(),
    recentChanges: jsonText('recent_changes').notNull(),
    createdAt: datetime('created_at', { mode: 'date', fsp: 3 }).notNull(),
    expiresAt: datetime('expires_at', { mode: 'date', fsp: 3 }).notNull(),
  },
  ({ expiresAt }) => [index('session_expires_at').on(expiresAt)],
);

/**
 * One row per session id that was given up lately, so that every replica drops its copy of the session. After `regenerate`,
 * `successor` is the hash of the new id. `ended_by` names the change, so that a retried request finds the new session.
 */
export const endedSession = mysqlTable(
  'ended_session',
  {
    idHash: token('id_hash', { length: 64 }).primaryKey(),
    endedBy: token('ended_by', { length: 80 }).notNull(),
    successor: token({ length: 64 }),
    endedAt: datetime('ended_at', { mode: 'date', fsp: 3 }).notNull(),
  },
  ({ endedAt }) => [index('ended_session_ended_at').on(endedAt)],
);

/**
 * One row per request whose writes an app made with `once`, so that a retry does not make them again. `key_hash` is the
 * SHA-256 of the key, in hexadecimal. `applied_at` is by the database's clock, in UTC.
 */
export const appliedRequest = mysqlTable(
  'applied_request',
  {
    keyHash: token('key_hash', { length: 64 }).primaryKey(),
    appliedAt: datetime('applied_at', { mode: 'date', fsp: 3 }).notNull(),
  },
  ({ appliedAt }) => [index('applied_request_applied_at').on(appliedAt)],
);
