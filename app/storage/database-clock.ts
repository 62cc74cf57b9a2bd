import { sql } from 'drizzle-orm';

/** Now, by the clock that all replicas share: their own may be ahead, behind or set while they run. UTC, in milliseconds. */
export const MYSQL_NOW = sql`utc_timestamp(3)`;
export const SQLITE_NOW_MS = sql`cast(unixepoch('subsec') * 1000 as integer)`;
