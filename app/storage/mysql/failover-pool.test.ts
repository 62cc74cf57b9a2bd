import { describe, expect, test } from 'vitest';
import { startDeadline } from '../../lib/deadline.ts';
import { ConnectionBrokenError, type ConnectionPool, type PooledConnection, withConnection } from './connection.ts';
import { createFailoverPool } from './failover-pool.ts';
import { NoWritableServerError } from './writable-server.ts';

const READ_ONLY = Object.assign(new Error('running with the --read-only option'), { errno: 1290 });
const GONE = Object.assign(new Error('refused'), { fatal: true });

/** Two servers; one of them accepts writes. */
function setUp() {
  const events: string[] = [];
  const state = { writable: 'a', found: 'a' as string | undefined, connectFailure: undefined as Error | undefined };

  function openPool(server: string): ConnectionPool {
    events.push(`open ${server}`);
    return {
      async getConnection() {
        if (server !== state.writable && state.connectFailure) throw state.connectFailure;
        return { server, release() {}, destroy() {}, takesSeveralStatements: true } as unknown as PooledConnection;
      },
      async end() {
        events.push(`end ${server}`);
      },
    };
  }

  const pool = createFailoverPool({
    openPool,
    writable: {
      async find() {
        state.found ??= state.writable;
        return state.found;
      },
      stalled(server) {
        events.push(`stalled ${server}`);
      },
      lost(server) {
        events.push(`lost ${server}`);
        if (state.found === server) state.found = undefined;
      },
    },
  });

  /** Works on a connection; `failure` is what a server that accepts no writes answers. */
  async function write(failure: Error): Promise<string> {
    using deadline = startDeadline(2000);
    return await withConnection(pool, deadline.signal, async (_db, connection) => {
      const { server } = connection as unknown as { server: string };
      if (server !== state.writable) throw failure;
      return server;
    });
  }

  return { events, state, pool, write };
}

describe('a pool for several servers', () => {
  test('is kept while the server accepts writes', async () => {
    const { write, events } = setUp();
    expect([await write(GONE), await write(GONE)]).toEqual(['a', 'a']);
    expect(events).toEqual(['open a']);
  });

  test('repeats a write that was rejected as read-only on the new server', async () => {
    const { write, events, state } = setUp();
    await write(READ_ONLY);
    state.writable = 'b';
    expect(await write(READ_ONLY)).toBe('b');
    expect(events).toEqual(['open a', 'lost a', 'open b']);
  });

  test('repeats no write whose connection broke, and uses the new server next', async () => {
    const { write, events, state } = setUp();
    await write(GONE);
    state.writable = 'b';
    await expect(write(GONE)).rejects.toThrow(ConnectionBrokenError);
    expect(await write(GONE)).toBe('b');
    expect(events).toEqual(['open a', 'lost a', 'open b']);
  });

  test('connects to the new server when the old one refuses connections', async () => {
    const { write, state } = setUp();
    await write(GONE);
    state.writable = 'b';
    state.connectFailure = GONE;
    expect(await write(GONE)).toBe('b');
  });

  test.each([
    [GONE, NoWritableServerError],
    [new RangeError('unsuitable'), RangeError],
  ])('reports the failure to connect %s', async (failure, kind) => {
    const { pool, state } = setUp();
    state.writable = 'b';
    state.connectFailure = failure;
    await expect(pool.getConnection(new AbortController().signal)).rejects.toThrow(kind);
  });
});

test('a single server that became read-only fails a write at once', async () => {
  let attempts = 0;
  const connection = { release() {}, destroy() {}, takesSeveralStatements: true } as unknown as PooledConnection;
  const single: ConnectionPool = { getConnection: async () => connection, end: async () => {} };
  using deadline = startDeadline(2000);
  const writing = withConnection(single, deadline.signal, async () => {
    attempts++;
    throw READ_ONLY;
  });
  await expect(writing).rejects.toBe(READ_ONLY);
  expect(attempts).toBe(1);
});
