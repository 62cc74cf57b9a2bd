import { sql } from 'drizzle-orm';

/**
 * A column that keeps Hyperdrive from caching a query. Hyperdrive caches every SELECT for a minute, unless the query calls a
 * function such as this one. The column's value has no meaning.
 *
 * @see https://developers.cloudflare.com/hyperdrive/concepts/query-caching/
 */
export const UNCACHED = sql`last_insert_id()`;
