import { createMigratedDatabase, dropDatabase } from '../../testkit/mysql/start.ts';
import { startNginx } from '../fronts/nginx.ts';
import { type ExpressOptions, startExpress } from '../peers/express.ts';
import { startRedis } from '../peers/redis.ts';
import { startReplicas } from '../replicas.ts';
import { moorClients } from '../sticky-sessions.ts';
import { runWrk, type WrkOptions, type WrkResult } from '../wrk.ts';
import { compare } from './compare.ts';
import { closedLoopFigures } from './figures.ts';
import { CONNECTIONS, type Stage, type Suite } from './suite.ts';

const REPLICAS = 3;
/** More than connections, so that requests of one client seldom wait for each other. */
const CLIENTS = 4 * CONNECTIONS;
const APP_FOLDER = 'bench/app';

/** What is measured, and the names in the table. The first one is the baseline. */
export const SESSION_LOADS = {
  none: 'the same handler without a session',
  fromMemory: 'read from memory, on its own replica',
  fromDatabase: 'read from the database, on any replica',
  written: 'written',
  expressNone: 'Express without a session',
  memoryRead: 'express-session in memory (the limit), read',
  redisRead: 'express-session with Redis, read',
  memoryWritten: 'express-session in memory (the limit), written',
  redisWritten: 'express-session with Redis, written',
  durableRedisWritten: 'the same, Redis syncs each write to disk',
} as const;

type LoadName = keyof typeof SESSION_LOADS;
type AppName = 'mooring' | 'inMemory' | 'redis' | 'durableRedis';

interface Load extends Pick<WrkOptions, 'method'> {
  app: AppName;
  path: string;
  /** Whether clients send the balancer's cookie. */
  isSticky?: boolean;
}

const LOADS: Record<LoadName, Load> = {
  none: { app: 'mooring', path: 'cart/sample' },
  fromMemory: { app: 'mooring', path: 'cart' },
  fromDatabase: { app: 'mooring', path: 'cart', isSticky: false },
  written: { app: 'mooring', path: 'cart', method: 'POST' },
  expressNone: { app: 'inMemory', path: 'cart/sample' },
  memoryRead: { app: 'inMemory', path: 'cart' },
  redisRead: { app: 'redis', path: 'cart' },
  memoryWritten: { app: 'inMemory', path: 'cart', method: 'POST' },
  redisWritten: { app: 'redis', path: 'cart', method: 'POST' },
  durableRedisWritten: { app: 'durableRedis', path: 'cart', method: 'POST' },
};

/** Compares requests that use a session, with what else a Node app would use. */
export const sessions: Suite = {
  name: 'sessions',
  title: 'Sessions',
  about: `${REPLICAS} replicas behind Nginx with its sticky cookie, ${CONNECTIONS} connections in a closed loop, ${CLIENTS} clients with a session each. Mooring commits each change to MySQL before it answers; Redis answers a write from memory, except in the last row. connect-redis does not prolong sessions that are read.`,
  async measure(stage) {
    await using closing = new AsyncDisposableStack();
    const apps = createApps(stage, closing);
    return await compare(stage, {
      names: Object.keys(LOADS) as LoadName[],
      prepare: async (name) => prepare(LOADS[name], await apps(LOADS[name].app), stage),
      titleOf: (name) => SESSION_LOADS[name],
      figuresOf(measured, base) {
        const { visitsPerSecond: requestsPerSecond, ...figures } = closedLoopFigures(measured, base).figures;
        const rates = measured.map(({ answeredPerSecond }) => answeredPerSecond);
        return { figures: { ...figures, requestsPerSecond }, rounds: { requestsPerSecond: rates } };
      },
    });
  },
};

/** Returns a function that starts an app behind Nginx, unless it runs already, and returns its URL. */
function createApps(stage: Stage, closing: AsyncDisposableStack): (name: AppName) => Promise<string> {
  const running = new Map<AppName, Promise<string>>();

  async function express(options: Omit<ExpressOptions, 'count'>): Promise<string[]> {
    const { addresses, close } = await startExpress({ count: REPLICAS, ...options });
    closing.defer(close);
    return addresses;
  }

  async function redis(isDurable: boolean): Promise<string[]> {
    const { url, close } = await startRedis({ isDurable });
    closing.defer(close);
    return express({ redisUrl: url });
  }

  async function mooring(): Promise<string[]> {
    const databaseUrl = await createMigratedDatabase(stage.database, 'mooring_bench');
    closing.defer(() => dropDatabase(databaseUrl));
    const options = { count: REPLICAS, store: 'mooring', databaseUrl, appFolder: APP_FOLDER, say: stage.say } as const;
    const { list, close } = await startReplicas(options);
    closing.defer(close);
    return list.map(({ address }) => address);
  }

  const starters: Record<AppName, () => Promise<string[]>> = {
    mooring,
    inMemory: () => express({}),
    redis: () => redis(false),
    durableRedis: () => redis(true),
  };

  async function start(name: AppName): Promise<string> {
    const front = await startNginx({ addresses: await starters[name](), hasDocker: stage.hasDocker });
    closing.defer(front.close);
    return new URL(front.url).href;
  }

  return (name) => {
    const known = running.get(name) ?? start(name);
    running.set(name, known);
    return known;
  };
}

/** Warms a load up. Returns a function that measures it with new clients, each with a new session. */
async function prepare(
  { path, method, isSticky = true }: Load,
  baseUrl: string,
  { seconds }: Stage,
): Promise<() => Promise<WrkResult>> {
  const load = async (forSeconds: number) => {
    const cookies = await moorClients(`${baseUrl}cart`, CLIENTS, { method: 'POST' });
    const sent = isSticky ? cookies : cookies.map(withoutAffinity);
    return runWrk({ url: `${baseUrl}${path}`, method, cookies: sent, connections: CONNECTIONS, seconds: forSeconds });
  };
  await load(1);
  return () => load(seconds);
}

function withoutAffinity(cookies: string): string {
  return cookies
    .split('; ')
    .filter((pair) => !pair.startsWith('srv_id='))
    .join('; ');
}
