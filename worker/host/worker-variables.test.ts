import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { workerVariables } from './worker-variables.ts';

test("the token of the edge's dashboard may come from a file, as a replica's may", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'token'), 'correct-horse-battery\n');
  const env = { DASHBOARD: 'token', DASHBOARD_TOKEN_FILE: join(folder, 'token'), PATH: '/bin' };
  expect(workerVariables(env)).toEqual({ DASHBOARD: 'token', DASHBOARD_TOKEN: 'correct-horse-battery' });
});

test('a file that cannot be read is refused by name', () => {
  expect(() => workerVariables({ DASHBOARD_TOKEN_FILE: '/nowhere' })).toThrow('DASHBOARD_TOKEN_FILE: expected a file');
});
