import type { RowDataPacket } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { LEDGER_COLUMNS, type Ledger } from './backend.ts';

/**
 * Reads the content of a MySQL database. The server converts the time to a number, so no time zone of the driver
 * matters.
 */
export async function readLedger(connection: Connection): Promise<Ledger> {
  const [counters] = await connection.query<RowDataPacket[]>('select value from global_counter');
  const [rows] = await connection.query<RowDataPacket[]>(
    `select ${LEDGER_COLUMNS}, timestampdiff(microsecond, '1970-01-01', time) div 1000 as timeMs
     from access_log order by number`,
  );
  return { counter: counters[0]?.value as number, rows: rows.map((row) => ({ ...row })) as Ledger['rows'] };
}
