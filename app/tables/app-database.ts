import type { InferInsertModel, SQL, SQLWrapper } from 'drizzle-orm';
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';
import type { AppTable } from './define-table.ts';

/** A write that is made when it is awaited, or by `once`. */
export type Statement = PromiseLike<unknown> & SQLWrapper;

type Row<T extends AppTable> = InferInsertModel<T>;
type Changes<T extends AppTable> = { [K in keyof Row<T>]?: Row<T>[K] | SQL };

/**
 * The database of an app's tables: what Drizzle's query builders have in common for MySQL, SQLite and D1. Each call has a
 * deadline of a few seconds.
 *
 * Every query may throw {@link StoreUnavailableError} (503). A write may throw {@link CommitInDoubtError} (503): whether
 * it was made is unknown. It throws {@link ConstraintError} (409) when it breaks a key or a constraint of a table.
 *
 * @example
 * const orders = await c.var.db.select().from(order).where(eq(order.customer, name)).limit(10);
 */
export interface AppDatabase {
  /** Drizzle's `select`. Await the query: `get()` and `all()` do not exist for MySQL. */
  select: BaseSQLiteDatabase<'async', unknown>['select'];
  insert<T extends AppTable>(table: T): { values(rows: Row<T> | Row<T>[]): Statement };
  update<T extends AppTable>(table: T): { set(changes: Changes<T>): { where(condition: SQL | undefined): Statement } };
  delete<T extends AppTable>(table: T): { where(condition: SQL | undefined): Statement };
  /**
   * Makes writes in one transaction, exactly once for a key. With the request id as the key, a request that the balancer
   * retries on another replica does not make them again. The key is known for a day.
   *
   * @param writes what to make; do not await them elsewhere
   * @returns resolves when the writes are committed, now or by an earlier call
   * @example
   * const { db, client } = c.var;
   * await db.once(client.requestId, [db.insert(order).values({ customer, items, placedAt: new Date() })]);
   */
  once(key: string, writes: readonly Statement[]): Promise<void>;
}
