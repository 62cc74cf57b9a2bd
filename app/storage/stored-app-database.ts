import type { AppDatabase } from '../tables/app-database.ts';

/** The database of an app's tables, with what removes old keys of `once`. */
export interface StoredAppDatabase extends AppDatabase {
  /** Removes keys that are no longer needed, and returns how many: fewer than `limit` when none is left. */
  purge(limit: number): Promise<number>;
}
