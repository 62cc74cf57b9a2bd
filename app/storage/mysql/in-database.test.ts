import { expect, test } from 'vitest';
import type { PooledConnection } from './connection.ts';
import { createInDatabase } from './in-database.ts';

/** Returns a pool of several servers. The next one is used when one fails. @param readOnly whether each is read-only, 1 or 0 */
function poolOf(...readOnly: number[]) {
  let server = 0;
  const connectionTo = (index: number) =>
    ({
      query: async () => [[{ readOnly: readOnly[index] }]],
      release() {},
      destroy() {},
      takesSeveralStatements: true,
      serverFailed() {
        server = index + 1;
      },
      serverStalled() {
        server = index + 1;
      },
    }) as unknown as PooledConnection;
  return { getConnection: async () => connectionTo(server), end: async () => {}, used: () => server };
}

test.each([
  ['a read from a server that has become read-only is repeated on the other one', 'read', 2],
  ['a write that succeeded is not repeated, even if its server became read-only right after it', 'write', 1],
] as const)('%s', async (_rule, kind, times) => {
  const inDatabase = createInDatabase({ pool: poolOf(1, 0), deadlineMs: 3000 });
  let runs = 0;
  const work = async () => ++runs;
  expect(await inDatabase(work, (error) => error as Error, kind)).toBe(times);
  expect(runs).toBe(times);
});

test('after a lock that was not released in time the server is looked for again: it may have lost its group', async () => {
  const pool = poolOf(0, 0);
  const inDatabase = createInDatabase({ pool, deadlineMs: 3000 });
  const lockTimeout = Object.assign(new Error('Lock wait timeout exceeded'), { errno: 1205, sqlState: 'HY000' });
  const work = () =>
    inDatabase(
      async () => Promise.reject(lockTimeout),
      (error) => error as Error,
      'write',
    );
  await expect(work()).rejects.toBe(lockTimeout);
  expect(pool.used()).toBe(1);
});
