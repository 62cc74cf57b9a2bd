import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { parseMysqlUrl } from '../../cli/database-url.ts';
import { openDatabase } from '../../origin/database/open.ts';
import { createLogger } from '../../origin/log/logger.ts';
import { createTestDatabase, hasMysql } from '../../testkit/mysql/database.ts';

test.skipIf(!hasMysql)('a server that requires TLS is reported as such, with what to do', async () => {
  const database = await createTestDatabase();
  onTestFinished(database.drop);
  const password = randomBytes(8).toString('hex');
  const user = `tls_${randomBytes(4).toString('hex')}`;
  await database.admin.query(`create user ${user}@'%' identified by '${password}' require ssl`);
  onTestFinished(() => void database.admin.query(`drop user ${user}@'%'`));
  const connection = { ...parseMysqlUrl(database.url), user, password };
  const opening = openDatabase({ kind: 'mysql', connection }, createLogger('silent'), { migrate: true });
  await expect(opening).rejects.toThrow(
    /Access denied.*; check user and password; if they are right, the server may require TLS for this user, and Mooring does not support TLS to the database yet$/,
  );
});
