import type { Front } from '../testkit/fronts/front.ts';
import { createMigratedDatabase, dropDatabase } from '../testkit/mysql/start.ts';
import { processTree } from '../testkit/processes/process-table.ts';
import { type BenchDatabase, startMariadb } from './database.ts';
import { startNginx } from './fronts/nginx.ts';
import { startForwarder, startWorker } from './fronts/worker.ts';
import { startCaddy } from './peers/caddy.ts';
import { startFlask } from './peers/flask.ts';
import { startHaproxy } from './peers/haproxy.ts';
import type { RunningPeer } from './peers/peer.ts';
import { type Replicas, type StoreKind, startReplicas } from './replicas.ts';
import type { Stage } from './suites/suite.ts';

/** A balancer with its replicas, as a target of visits. */
export interface Candidate {
  url: string;
  /** URL of its database; undefined if it has no store. */
  databaseUrl: string | undefined;
  /** Returns the process ids of its replicas. */
  pids(): number[];
  /** Returns the process ids of its balancer; empty without one. */
  frontPids(): number[];
  /** Returns the process ids of its database server; empty without a store, and where they are not known. */
  databasePids(): number[];
}

/** The candidates and their names in the tables. */
export const CANDIDATES = {
  mooring: 'Mooring behind Nginx',
  mooringOnMariadb: 'the same on MariaDB',
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

/** What replicas store visits in: the stage's database by one of the kinds of store, or a MariaDB of their own. */
type Place = StoreKind | 'mariadb';

type StoredReplicas = Replicas & Pick<Candidate, 'databaseUrl' | 'databasePids'>;

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
  /** Returns the URL by which the replicas reach a database; by default its own. */
  reachDatabase?: (url: string) => Promise<string>;
}

/** Creates a starter. Its disposal ends all candidates that it has started, with their replicas and databases. */
export function createCandidateStarter(stage: Stage, options: StarterOptions): CandidateStarter {
  const { replicas: count, prepareDatabase = async () => {}, reachDatabase = async (url) => url } = options;
  const { hasDocker } = stage;
  const closing = new AsyncDisposableStack();
  const started = new Map<Place, Promise<StoredReplicas>>();
  let mariadb: Promise<BenchDatabase> | undefined;
  const candidates = new Map<CandidateName, Promise<Candidate>>();

  async function createDatabase(server: BenchDatabase): Promise<string> {
    const url = await createMigratedDatabase(server, 'mooring_bench');
    closing.defer(() => dropDatabase(url));
    await prepareDatabase(url);
    return url;
  }

  async function openMariadb(): Promise<BenchDatabase> {
    const server = await startMariadb(stage.say);
    closing.defer(server.stop);
    return server;
  }

  async function startReplicasOn(place: Place): Promise<StoredReplicas> {
    if (place === 'mariadb') mariadb ??= openMariadb();
    const server = place === 'mariadb' ? await (mariadb as Promise<BenchDatabase>) : stage.database;
    const store = place === 'mariadb' ? 'mooring' : place;
    const databaseUrl = await createDatabase(server);
    const reached = await reachDatabase(databaseUrl);
    const replicas = await startReplicas({ count, store, databaseUrl: reached, say: stage.say });
    closing.defer(replicas.close);
    const hasStore = !WITHOUT_STORE.includes(store);
    return {
      ...replicas,
      databaseUrl: hasStore ? databaseUrl : undefined,
      databasePids: pidsOf(hasStore ? server : {}),
    };
  }

  function replicasOn(place: Place): Promise<StoredReplicas> {
    const known = started.get(place) ?? startReplicasOn(place);
    started.set(place, known);
    return known;
  }

  type StartFront = (replicas: Replicas['list']) => Promise<Front | RunningPeer>;

  async function before(place: Place, startFront: StartFront): Promise<Candidate> {
    const { list, close: _, ...replicas } = await replicasOn(place);
    const front = await startFront(list);
    closing.defer(front.close);
    return { ...replicas, url: new URL(front.url).href, frontPids: 'pids' in front ? front.pids : pidsOf(front) };
  }

  async function directly(store: 'off' | 'bare'): Promise<Candidate> {
    const { list, pids, databaseUrl, databasePids } = await replicasOn(store);
    const [{ address }] = list as [Replicas['list'][number]];
    const pid = () => pids().slice(0, 1);
    return { url: `http://${address}/`, pids: pid, databaseUrl, databasePids, frontPids: () => [] };
  }

  async function flask(kind: 'tuned' | 'naive'): Promise<Candidate> {
    const databaseUrl = await createDatabase(stage.database);
    const { replicas, pids, close } = await startFlask({ kind, databaseUrl, count });
    closing.defer(close);
    const front = await startNginx({ addresses: replicas.map(({ address }) => address), hasDocker });
    closing.defer(front.close);
    const databasePids = pidsOf(stage.database);
    return { url: new URL(front.url).href, pids, databaseUrl, databasePids, frontPids: pidsOf(front) };
  }

  const addressesOf = (list: Replicas['list']) => list.map(({ address }) => address);
  const nginx: StartFront = (list) => startNginx({ addresses: addressesOf(list), hasDocker });
  const worker: StartFront = (list) => startWorker(addressesOf(list));
  const starters: Record<CandidateName, () => Promise<Candidate>> = {
    mooring: () => before('mooring', nginx),
    mooringOnMariadb: () => before('mariadb', nginx),
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

/** Returns a function that finds a program's processes, which may have started others meanwhile. */
function pidsOf({ pid }: { pid?: number | undefined }): () => number[] {
  return () => (pid === undefined ? [] : processTree(pid));
}
