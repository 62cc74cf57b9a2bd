import { expect, test } from 'vitest';
import type { PooledConnection } from '../../app/storage/mysql/connection.ts';
import { createPoolUsage } from './pool-usage.ts';

/** A pool that hands out the same connection each time the test allows it. */
const DEADLINE = new AbortController().signal;

function setUp() {
  const told: string[] = [];
  const connection = {
    query: () => 'answer',
    release: () => void told.push('release'),
    destroy: () => void told.push('destroy'),
  } as unknown as PooledConnection;
  const asked: PromiseWithResolvers<PooledConnection>[] = [];
  const usage = createPoolUsage({
    getConnection() {
      const next = Promise.withResolvers<PooledConnection>();
      asked.push(next);
      return next.promise;
    },
    async end() {
      told.push('end');
    },
  });
  const figures = () => ({ inUse: usage.inUse(), waiting: usage.waiting() });
  return { ...usage, figures, connection, asked, told };
}

test.each(['release', 'destroy'] as const)('counts a connection until %s', async (giveBack) => {
  const { source, figures, connection, asked, told } = setUp();
  const coming = source.getConnection(DEADLINE);
  expect(figures()).toEqual({ inUse: 0, waiting: 1 });
  asked[0]?.resolve(connection);
  const checkedOut = await coming;
  expect(figures()).toEqual({ inUse: 1, waiting: 0 });
  checkedOut[giveBack]();
  expect(figures()).toEqual({ inUse: 0, waiting: 0 });
  expect(told).toEqual([giveBack]);
});

test('counts a connection once however often it is returned, and again at its next check-out', async () => {
  const { source, inUse, connection, asked, told } = setUp();
  const first = source.getConnection(DEADLINE);
  asked[0]?.resolve(connection);
  const checkedOut = await first;
  checkedOut.release();
  checkedOut.destroy();
  expect(inUse()).toBe(0);
  expect(told).toEqual(['release', 'destroy']);

  const second = source.getConnection(DEADLINE);
  asked[1]?.resolve(connection);
  (await second).release();
  expect(inUse()).toBe(0);
  expect(told).toEqual(['release', 'destroy', 'release']);
});

test('does not count a connection that could not be opened', async () => {
  const { source, figures, asked } = setUp();
  const coming = source.getConnection(DEADLINE);
  asked[0]?.reject(new Error('no connection'));
  await expect(coming).rejects.toThrow('no connection');
  expect(figures()).toEqual({ inUse: 0, waiting: 0 });
});

test('otherwise the connection behaves unchanged', async () => {
  const { source, connection, asked, told } = setUp();
  const coming = source.getConnection(DEADLINE);
  asked[0]?.resolve(connection);
  expect((await coming).query('select 1')).toBe('answer');
  await source.end();
  expect(told).toEqual(['end']);
});
