import type { Stack } from './stack.ts';

/**
 * Reads what the database has counted.
 *
 * @param sql executes a statement, and returns its rows as lines with tabs between the columns
 */
export async function readLedger(sql: (statement: string) => Promise<string[]>): ReturnType<Stack['finish']> {
  const [counter] = await sql('select value from global_counter');
  const rows = await sql('select number, request_id from access_log');
  return {
    counter: Number(counter),
    rows: rows.map((line) => {
      const [number, requestId] = line.split('\t') as [string, string];
      return { number: Number(number), requestId };
    }),
  };
}
