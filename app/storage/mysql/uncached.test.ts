import { expect, test } from 'vitest';
import type { ConnectionPool, PooledConnection } from './connection.ts';
import { createMysqlReplicaRegistry } from './replica-registry.ts';
import { createMysqlStore } from './visit-store.ts';

/** A MySQL that answers with no rows and records its queries. */
function createSilentMysql() {
  const statements: string[] = [];
  const connection = {
    async query({ sql }: { sql: string }) {
      statements.push(sql);
      return [[], []];
    },
    release() {},
    destroy() {},
  };
  const pool: ConnectionPool = {
    getConnection: async () => connection as unknown as PooledConnection,
    end: async () => {},
  };
  return { statements, pool };
}

const log = { debug() {}, info() {}, warn() {}, error() {} };

test.each<[string, (pool: ConnectionPool) => Promise<unknown>]>([
  ['the count', (pool) => createMysqlStore({ pool, log }).count()],
  ['the list of replicas', (pool) => createMysqlReplicaRegistry({ pool }).list()],
])('Hyperdrive does not cache %s', async (_what, read) => {
  const { statements, pool } = createSilentMysql();
  await read(pool).catch(() => {});
  expect(statements).toHaveLength(1);
  expect(statements[0]).toContain('last_insert_id()');
});
