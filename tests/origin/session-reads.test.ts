import type { Connection, RowDataPacket } from 'mysql2/promise';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serverId } from '../../app/affinity/server-id.ts';
import { hashSessionId } from '../../app/sessions/session-id.ts';
import { createHttpClient } from '../../testkit/http/http-client.ts';
import { createTestDatabase, hasMysql } from '../../testkit/mysql/database.ts';
import { startOrigin } from '../../testkit/processes/origin.ts';

const READS = 20;

/** Lets the server log all statements into a table. */
async function logStatements(admin: Connection): Promise<void> {
  const [rows] = await admin.query<RowDataPacket[]>('select @@general_log as log, @@log_output as output');
  await admin.query("set global log_output = 'TABLE', global general_log = 1");
  const { log, output } = rows[0] as { log: number; output: string };
  onTestFinished(() => admin.query('set global general_log = ?, global log_output = ?', [log, output]).then(() => {}));
}

describe.skipIf(!hasMysql)('the log of the database', () => {
  test('S3: has no SELECT for a session that its own replica reads, and one for each read of another', async () => {
    const database = await createTestDatabase();
    onTestFinished(database.drop);
    const { admin, url: databaseUrl } = database;
    const origin = await startOrigin({ DATABASE_URL: databaseUrl });
    onTestFinished(origin.stop);
    await logStatements(admin);
    const client = createHttpClient(origin.url);
    onTestFinished(client.close);
    client.cookies.set('srv_id', serverId(origin.address));

    const read = async () => JSON.parse((await client.send({ path: '/ledger' })).body.toString());
    await client.send({ method: 'POST', path: '/ledger/entries/a' });
    const [id = ''] = client.cookies.get('session')?.split('.') ?? [];
    const idHash = hashSessionId(id);
    const countSelects = async () => {
      const [rows] = await admin.query<RowDataPacket[]>(
        "select count(*) as count from mysql.general_log where argument like 'select id_hash%' and argument like ?",
        [`%${idHash}%`],
      );
      return Number(rows[0]?.count);
    };

    for (let reads = 0; reads < READS; reads++) expect(await read()).toMatchObject({ readFrom: 'memory' });
    expect(await countSelects()).toBe(0);

    client.cookies.set('srv_id', serverId('192.0.2.1:5000'));
    expect(await read()).toMatchObject({ ledger: { count: 1 }, readFrom: 'database' });
    expect(await countSelects()).toBe(1);
  });
});
