import { expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import { createHost } from './host.ts';

test('a database that hangs does not keep an idle replica from stopping when its time is over', async () => {
  const env = { HOST: '127.0.0.1', SERVER_IP: '127.0.0.1', DRAIN_TIMEOUT_MS: '50', DASHBOARD: 'off' };
  const never = () => new Promise<never>(() => {});
  const store = { commit: never, count: never, purge: never, close: never };
  const replicas = { report: never, list: never, forget: never };
  const config = { ...(await parseConfig({ env })), port: 0 };
  const host = createHost({ config, store, replicas, log: { debug() {}, info() {}, warn() {}, error() {} } });
  await host.listen();
  expect(await host.drain()).toEqual({ requests: 0, visits: 0 });
});
