import type { Connection } from 'mysql2/promise';
import { expect, test, vi } from 'vitest';
import { createServerRequirements, judgeServer, type ServerVariables, UnsuitableServerError } from './requirements.ts';

const MYSQL: ServerVariables = {
  version: '9.7.4',
  log_bin: 'ON',
  binlog_format: 'ROW',
  sync_binlog: '1',
  innodb_flush_log_at_trx_commit: '1',
  innodb_doublewrite: 'ON',
  max_allowed_packet: '67108864',
};
const { binlog_format: _, ...withoutBinlogFormat } = MYSQL;
const MARIADB: ServerVariables = {
  ...MYSQL,
  version: '10.11.19-MariaDB',
  log_bin: 'OFF',
  binlog_format: 'MIXED',
  debug_no_sync: 'OFF',
};
const ENGINES = { access_log: 'InnoDB', global_counter: 'InnoDB', replica: 'InnoDB', session: 'InnoDB' };

test.each([
  ["MySQL's defaults", MYSQL, ENGINES],
  ["MariaDB's defaults", MARIADB, ENGINES],
  ['no tables yet', MYSQL, {}],
  ['what concerns the binary log, without one', { ...MARIADB, binlog_format: 'STATEMENT', sync_binlog: '0' }, ENGINES],
  ['doublewrite of another mode', { ...MYSQL, innodb_doublewrite: 'DETECT_AND_RECOVER' }, ENGINES],
  ['a variable the server does not have', withoutBinlogFormat, ENGINES],
])('%s is accepted', (_what, variables, engines) => {
  expect(judgeServer(variables, engines)).toEqual({ refusals: [], warnings: [] });
});

test.each([
  ['binlog_format', { binlog_format: 'STATEMENT' }, ENGINES],
  ['max_allowed_packet', { max_allowed_packet: '65536' }, ENGINES],
  ['table access_log', {}, { ...ENGINES, access_log: 'MyISAM' }],
])('an unsuitable %s rejects the server', (name, variables, engines) => {
  const { refusals, warnings } = judgeServer({ ...MYSQL, ...variables }, engines);
  expect(refusals).toEqual([expect.stringMatching(`^${name}: expected .*, got `)]);
  expect(warnings).toEqual([]);
});

test.each([
  ['innodb_flush_log_at_trx_commit', { ...MYSQL, innodb_flush_log_at_trx_commit: '0' }],
  ['innodb_flush_log_at_trx_commit', { ...MARIADB, innodb_flush_log_at_trx_commit: '2' }],
  ['sync_binlog', { ...MYSQL, sync_binlog: '0' }],
  ['innodb_doublewrite', { ...MYSQL, innodb_doublewrite: 'OFF' }],
  ['debug_no_sync', { ...MARIADB, debug_no_sync: 'ON' }],
  ['version', { ...MYSQL, version: '8.0.46' }],
  ['version', { ...MARIADB, version: '10.6.21-MariaDB' }],
])('an unsafe %s causes a warning: %j', (name, variables) => {
  const { refusals, warnings } = judgeServer(variables, ENGINES);
  expect(refusals).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(`^${name}: expected .*, got `)]);
});

/** A connection to a server with these variables, which counts how often the server was checked. */
function setUp(variables: ServerVariables) {
  const query = vi.fn(async (statement: string) => {
    if (!statement.startsWith('show')) return [[]];
    return [Object.entries(variables).map(([Variable_name, Value]) => ({ Variable_name, Value }))];
  });
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  let nowMs = 0;
  const { prepare } = createServerRequirements({ log, monotonicMs: () => nowMs });
  return {
    query,
    log,
    prepare: () => prepare({ query } as unknown as Connection),
    checks: () => query.mock.calls.filter(([statement]) => statement.startsWith('show')).length,
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

test('a server is checked with the first connection and at most once a minute after it; each warning is logged once', async () => {
  const { prepare, checks, pass, log } = setUp({ ...MYSQL, sync_binlog: '0' });
  expect([await prepare(), await prepare()]).toEqual([true, true]);
  expect(checks()).toBe(1);
  pass(60_000);
  await prepare();
  expect(checks()).toBe(2);
  expect(log.warn).toHaveBeenCalledTimes(1);
});

test('a rejected server is checked again with each connection', async () => {
  const variables = { ...MYSQL, binlog_format: 'STATEMENT' };
  const { prepare } = setUp(variables);
  await expect(prepare()).rejects.toThrow(UnsuitableServerError);
  variables.binlog_format = 'ROW';
  expect(await prepare()).toBe(true);
});

test('if the server accepts one statement per packet only, statements are sent one at a time', async () => {
  const { prepare, query } = setUp(MYSQL);
  query.mockRejectedValueOnce(new Error('multiple statements are not supported'));
  expect(await prepare()).toBe(false);
  const statements = query.mock.calls.map(([statement]) => statement);
  expect(statements[0]).toBe(statements.slice(1, 3).join('; '));
});

test('a broken connection is not retried', async () => {
  const { prepare, query } = setUp(MYSQL);
  query.mockRejectedValueOnce(Object.assign(new Error('gone'), { fatal: true }));
  await expect(prepare()).rejects.toThrow('gone');
  expect(query).toHaveBeenCalledTimes(1);
});
