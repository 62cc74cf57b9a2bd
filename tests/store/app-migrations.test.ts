import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fileUrl } from '../../cli/database-url.ts';
import { updateApp } from '../../origin/generate/update-app.ts';
import { loadApp } from '../../origin/load-app.ts';
import { createTestDatabase, hasMysql } from '../../testkit/mysql/database.ts';
import { startOrigin } from '../../testkit/processes/origin.ts';

test.each(['app', 'examples/cart', 'testkit/app'])('%s: migrations and grants match the tables', async (folder) => {
  const { schema } = await loadApp(folder);
  expect(await updateApp({ schema, name: 'tables', mayWrite: false })).toEqual([]);
});

async function newSqlite(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return fileUrl(join(folder, 'app.sqlite'));
}

async function newMysql(): Promise<string> {
  const { url, drop } = await createTestDatabase();
  onTestFinished(drop);
  return url;
}

describe.each([
  ['SQLite', true, newSqlite],
  ['MySQL', hasMysql, newMysql],
])('on %s', (_kind, isAvailable, newDatabase) => {
  const cart = { APP_FOLDER: 'examples/cart' };

  test.skipIf(!isAvailable)("a start migrates the app's tables, and a second one finds them done", async () => {
    const DATABASE_URL = await newDatabase();
    for (const _ of [1, 2]) {
      const { url, stop } = await startOrigin({ ...cart, DATABASE_URL });
      expect((await fetch(`${url}/orders/unknown`)).status).toBe(404);
      await stop();
    }
  });

  test.skipIf(!isAvailable)('an app may come to a database that has been in use', async () => {
    const DATABASE_URL = await newDatabase();
    for (const APP_FOLDER of ['testkit/app', 'examples/cart']) {
      const { url, stop } = await startOrigin({ APP_FOLDER, DATABASE_URL });
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      await stop();
    }
  });

  test.skipIf(!isAvailable)(
    'a replica whose app lacks a table in the database does not start, and names it',
    async () => {
      const DATABASE_URL = await newDatabase();
      // Without its migrations the app's tables are not made.
      const folder = await mkdtemp(join(process.cwd(), 'examples/test-'));
      onTestFinished(() => rm(folder, { recursive: true }));
      await cp('examples/cart', folder, { recursive: true, filter: (path) => !path.endsWith('migrations') });
      const start = startOrigin({ APP_FOLDER: folder, DATABASE_URL });
      await expect(start).rejects.toThrow(/the table shop_order of the app cannot be used: .*; run npm run generate/);
    },
  );
});
