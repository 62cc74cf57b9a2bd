import { getTableName } from 'drizzle-orm';
import { explainDatabaseError } from '../../app/lib/explain-database-error.ts';
import { rootCause } from '../../app/lib/root-cause.ts';
import type { AppTable } from '../../app/tables/define-table.ts';
import { AppTableError } from './app-table-error.ts';
import type { AppSchema } from './database.ts';

/**
 * Checks that the tables of an app are as the app declares them.
 *
 * @param read selects all columns of a table
 * @throws {AppTableError} naming the table
 * @throws the driver's error when the database does not answer
 */
export async function checkAppTables(
  { tables }: Pick<AppSchema, 'tables'>,
  read: (table: AppTable) => PromiseLike<unknown>,
): Promise<void> {
  for (const table of tables) {
    try {
      await read(table);
    } catch (error) {
      if (!isAboutTable(error)) throw error;
      const problem = `the table ${getTableName(table)} of the app cannot be used: ${explainDatabaseError(error)}`;
      throw new AppTableError(`${problem}; run npm run generate, then migrate the database`, { cause: error });
    }
  }
}

/** Whether the error names a missing table, column or right (SQLSTATE class 42), and is not an outage. */
function isAboutTable(error: unknown): boolean {
  const { code, sqlState } = rootCause(error) as { code?: unknown; sqlState?: unknown };
  return `${sqlState}`.startsWith('42') || code === 'SQLITE_ERROR';
}
