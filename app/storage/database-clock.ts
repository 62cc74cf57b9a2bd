import { sql } from 'drizzle-orm';

/**
 * The current time by the database's clock, which all replicas share, in UTC and milliseconds. A replica's own clock may be
 * ahead or behind, or be set while it runs.
 */
export const MYSQL_NOW = sql`utc_timestamp(3)`;
export const SQLITE_NOW_MS = sql`cast(unixepoch('subsec') * 1000 as integer)`;
