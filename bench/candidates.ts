import type { Front } from '../testkit/fronts/front.ts';
import { createMigratedDatabase, dropDatabase } from '../testkit/mysql/start.ts';
import { startNginx } from './fronts/nginx.ts';
import { startForwarder, startWorker } from './fronts/worker.ts';
import { startCaddy } from './peers/caddy.ts';
import { startFlask } from './peers/flask.ts';
import { startHaproxy } from './peers/haproxy.ts';
import { type Replicas, type StoreKind, startReplicas } from './replicas.ts';
import type { Stage } from './suites/suite.ts';

/** A balancer with its replicas, as a target of visits. */
export interface Candidate {
  url: string;
  /** URL of its database; undefined if it has no store. */
  databaseUrl: string | undefined;
  /** The balancer's process; undefined when it is not known. */
  frontPid?: number | undefined;
  /** Returns the process ids of its replicas. */
  pids(): number[];
}

/** The candidates and their names in the tables. */
export const CANDIDATES = {
  mooring: 'Mooring behind Nginx',
  ceiling: 'the same with the store off (ceiling)',
  transactionEach: 'the same, one transaction per visit',
  notSticky: 'the same, not sticky',
  worker: 'Mooring behind the edge worker',
  workerCeiling: 'the edge worker, store off',
  forwarder: 'a worker that only forwards, store off',
  direct: 'one replica without a balancer, store off',
  bareDirect: 'a bare Hono app without a balancer (limit)',
  bare: 'the bare Hono app behind Nginx (limit)',
  haproxy: 'HAProxy, `cookie insert`',
  caddy: 'Caddy, `lb_policy cookie`',
  flaskTuned: 'tuned Flask + gunicorn behind Nginx',
  flaskUsual: 'the usual Flask behind Nginx',
} as const;

const WITHOUT_STORE: readonly StoreKind[] = ['off', 'bare'];

export type CandidateName = keyof typeof CANDIDATES;

/** The candidates of the suites that vary the load. The first one is the baseline. */
export const COMPARED = [
  'ceiling',
  'mooring',
  'worker',
  'haproxy',
  'caddy',
  'flaskTuned',
  'flaskUsual',
] as const satisfies readonly CandidateName[];

/** Starts candidates. Those with the same store share their replicas, so that nothing else differs. */
export interface CandidateStarter {
  /**
   * Starts a candidate, unless it runs already.
   *
   * @throws {MissingPeerError | NoEngineError} when this machine lacks something that it needs
   */
  start(name: CandidateName): Promise<Candidate>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface StarterOptions {
  /** Replicas of each candidate. */
  replicas: number;
  /** Called with each database before its replicas start. */
  prepareDatabase?: (url: string) => Promise<void>;
}

/** Creates a starter. Its disposal ends all candidates that it has started, with their replicas and databases. */
export function createCandidateStarter(stage: Stage, options: StarterOptions): CandidateStarter {
  const { replicas: count, prepareDatabase = async () => {} } = options;
  const { hasDocker } = stage;
  const closing = new AsyncDisposableStack();
  const stores = new Map<StoreKind, Promise<Replicas & { databaseUrl: string }>>();
  const candidates = new Map<CandidateName, Promise<Candidate>>();

  async function createDatabase(): Promise<string> {
    const url = await createMigratedDatabase({ url: stage.mysqlUrl }, 'mooring_bench');
    closing.defer(() => dropDatabase(url));
    await prepareDatabase(url);
    return url;
  }

  async function startReplicasOn(store: StoreKind) {
    const databaseUrl = await createDatabase();
    const replicas = await startReplicas({ count, store, databaseUrl, say: stage.say });
    closing.defer(replicas.close);
    return { ...replicas, databaseUrl };
  }

  function replicasOn(store: StoreKind) {
    const known = stores.get(store) ?? startReplicasOn(store);
    stores.set(store, known);
    return known;
  }

  type StartFront = (replicas: Replicas['list']) => Promise<Front>;

  async function before(store: StoreKind, startFront: StartFront): Promise<Candidate> {
    const { list, pids, databaseUrl } = await replicasOn(store);
    const front = await startFront(list);
    closing.defer(front.close);
    return {
      url: new URL(front.url).href,
      frontPid: front.pid,
      pids,
      databaseUrl: WITHOUT_STORE.includes(store) ? undefined : databaseUrl,
    };
  }

  async function directly(store: StoreKind): Promise<Candidate> {
    const { list, pids } = await replicasOn(store);
    const [{ address }] = list as [Replicas['list'][number]];
    return { url: `http://${address}/`, pids: () => pids().slice(0, 1), databaseUrl: undefined };
  }

  async function flask(kind: 'tuned' | 'naive'): Promise<Candidate> {
    const databaseUrl = await createDatabase();
    const { replicas, pids, close } = await startFlask({ kind, databaseUrl, count });
    closing.defer(close);
    const front = await startNginx({ addresses: replicas.map(({ address }) => address), hasDocker });
    closing.defer(front.close);
    return { url: new URL(front.url).href, pids, databaseUrl };
  }

  const addressesOf = (list: Replicas['list']) => list.map(({ address }) => address);
  const nginx: StartFront = (list) => startNginx({ addresses: addressesOf(list), hasDocker });
  const worker: StartFront = (list) => startWorker(addressesOf(list));
  const starters: Record<CandidateName, () => Promise<Candidate>> = {
    mooring: () => before('mooring', nginx),
    ceiling: () => before('off', nginx),
    transactionEach: () => before('transaction-each', nginx),
    notSticky: () =>
      before('mooring', (list) => startNginx({ addresses: addressesOf(list), hasDocker, isSticky: false })),
    worker: () => before('mooring', worker),
    workerCeiling: () => before('off', worker),
    forwarder: () => before('off', (list) => startForwarder(addressesOf(list))),
    direct: () => directly('off'),
    bareDirect: () => directly('bare'),
    bare: () => before('bare', nginx),
    haproxy: () => before('mooring', (replicas) => startHaproxy({ replicas })),
    caddy: () => before('mooring', (replicas) => startCaddy({ replicas })),
    flaskTuned: () => flask('tuned'),
    flaskUsual: () => flask('naive'),
  };

  return {
    start(name) {
      const known = candidates.get(name) ?? starters[name]();
      candidates.set(name, known);
      return known;
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
