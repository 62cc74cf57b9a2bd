import { expect, onTestFinished, test } from 'vitest';
import { StoreUnavailableError } from '../app/lib/store-errors.ts';
import type { ReplicaRegistry } from '../app/replicas/registry.ts';
import { counter } from '../app/routes/counter.ts';
import type { VisitStore } from '../app/visits/visit.ts';
import { freePortRange } from '../testkit/network/free-ports.ts';
import { noAppDatabase } from '../testkit/stores/no-app-database.ts';
import { parseConfig } from './config.ts';
import { createReplicaServer } from './replica-server.ts';

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const never = () => new Promise<never>(() => {});
const HANGING_SESSIONS = { read: never, commit: never, listEnded: never, purge: never };

async function setUp(store: VisitStore, replicas: ReplicaRegistry) {
  const env = { HOST: '127.0.0.1', SERVER_IP: '127.0.0.1', DRAIN_TIMEOUT_MS: '50', DASHBOARD: 'off' };
  const port = await freePortRange(1);
  const config = { ...(await parseConfig({ env })), port };
  return {
    server: createReplicaServer({
      config,
      routes: [counter],
      appSettings: {},
      store,
      replicas,
      sessionStore: HANGING_SESSIONS,
      appDatabase: noAppDatabase,
      log: SILENT,
    }),
    url: `http://127.0.0.1:${port}`,
  };
}

const HANGING = { commit: never, count: never, checkWritable: never, purge: never, close: never };

test('a database that hangs does not keep an idle replica from stopping at its drain timeout', async () => {
  const { server } = await setUp(HANGING, { report: never, list: never, forget: never });
  await server.listen();
  expect(await server.drain()).toEqual({ requests: 0, commits: 0 });
});

test('a replica whose last report failed answers 503 without asking the database, until a report succeeds', async () => {
  let isAway = true;
  const report = async () => {
    if (isAway) throw new StoreUnavailableError('read only');
  };
  const counting: VisitStore = {
    ...HANGING,
    commit: (visits) => (isAway ? never() : Promise.resolve(visits.map(() => 1))),
    count: () => (isAway ? never() : Promise.resolve(1)),
    close: async () => {},
  };
  const { server, url } = await setUp(counting, { report, list: async () => [], forget: async () => {} });
  await server.listen();
  onTestFinished(() => server.drain().then(() => {}));
  const ask = (path: string) => fetch(url + path).then(({ status, headers }) => [status, headers.get('Retry-After')]);
  expect(await ask('/readyz')).toEqual([503, '1']);
  expect(await ask('/')).toEqual([503, '1']);
  expect(await ask('/showcount')).toEqual([503, '1']);

  isAway = false;
  await expect.poll(() => ask('/readyz'), { timeout: 5000 }).toEqual([200, null]);
  expect(await ask('/')).toEqual([200, null]);
  expect(await ask('/showcount')).toEqual([200, null]);
});
