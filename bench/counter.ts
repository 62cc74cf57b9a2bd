import type { RowDataPacket } from 'mysql2/promise';
import { withConnection } from '../testkit/mysql/start.ts';

export function readCounter(databaseUrl: string): Promise<number> {
  return withConnection(databaseUrl, async (admin) => {
    const [rows] = await admin.query<RowDataPacket[]>('select value from global_counter');
    return Number(rows[0]?.value);
  });
}
