import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cluster, createCluster } from '../cluster/cluster.ts';
import { parseOptions } from '../cluster/options.ts';
import { openDatabase } from '../origin/node/database.ts';
import { createLogger } from '../origin/node/logger.ts';
import { spreadOf } from './spread.ts';
import { runWrk } from './wrk.ts';

const USAGE = `Usage: npm run bench:dashboards -- [--dashboards N] [--rounds N] [--seconds N] [--replicas N] [--database URL]

How many visits a second the replicas of this machine take with so many dashboards open, and with none: the two by turns.

Options:
  --dashboards N  how many are open (default 100)
  --rounds N      how often each is measured (default 5)
  --seconds N     for how long each time (default 5)
  --replicas N    how many replicas (default 3)
  --database URL  mysql://user:password@host:3306/database (default: a SQLite file)
`;

const { values } = parseArgs({
  options: {
    dashboards: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    replicas: { type: 'string', default: '3' },
    database: { type: 'string' },
    help: { type: 'boolean' },
  },
});

const CONNECTIONS = 64;
const REPLICA_PORT = 15_001;
/** As the stream tells browsers. */
const RETRY_MS = 500;

if (values.help) process.stdout.write(USAGE);
else await main();

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  const database = values.database ?? `file:${join(folder, 'visits.sqlite')}`;
  const flags = [
    '--no-edge',
    '--replicas',
    values.replicas,
    '--replica-port',
    `${REPLICA_PORT}`,
    '--database',
    database,
  ];
  const options = parseOptions(flags, process.env);
  if (!options) return;
  const { store } = await openDatabase(options.database, createLogger('silent'), { migrate: true });
  await store.close();
  const cluster = createCluster({ options, say: (line) => console.error(line) });
  await cluster.start();
  try {
    await measure(cluster);
  } finally {
    await cluster.stop();
    await rm(folder, { recursive: true });
  }
}

async function measure(cluster: Cluster): Promise<void> {
  const dashboards = Number(values.dashboards);
  const seconds = Number(values.seconds);
  const none: number[] = [];
  const open: number[] = [];
  await visitsPerSecond(cluster, seconds);
  for (let round = 1; round <= Number(values.rounds); round++) {
    none.push(await visitsPerSecond(cluster, seconds));
    const watchers = await openDashboards(cluster, dashboards);
    open.push(await visitsPerSecond(cluster, seconds));
    watchers.close();
    console.log(`round ${round}: ${none.at(-1)?.toFixed(0)} with none, ${open.at(-1)?.toFixed(0)} with ${dashboards}`);
  }
  const [without, withAll] = [spreadOf(none), spreadOf(open)];
  const line = ({ median, min, max }: typeof without) =>
    `${median.toFixed(0)} visits/s (${min.toFixed(0)} to ${max.toFixed(0)})`;
  console.log(`none open: ${line(without)}\n${dashboards} open: ${line(withAll)}`);
  console.log(`ratio: ${(withAll.median / without.median).toFixed(3)}`);
}

async function visitsPerSecond({ replicas }: Cluster, seconds: number): Promise<number> {
  const connections = Math.ceil(CONNECTIONS / replicas.length);
  const results = await Promise.all(replicas.map(({ url }) => runWrk({ url: `${url}/`, connections, seconds })));
  const failures = results.reduce((sum, result) => sum + result.failures, 0);
  if (failures > 0) console.error(`${failures} requests failed`);
  return results.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
}

/** Watches as so many browsers would: streams are read without a look, and asked for again when they end. */
async function openDashboards({ replicas }: Cluster, count: number): Promise<{ close(): void }> {
  const agents = Array.from({ length: count }, () => new Agent());
  let isClosed = false;

  function watch(agent: Agent, url: string): Promise<void> {
    return new Promise((resolve, reject) => {
      get(`${url}/dashboard/events`, { agent }, (stream) => {
        if (stream.statusCode !== 200) reject(new Error(`the dashboard answered ${stream.statusCode}`));
        resolve();
        stream.on('error', () => {}).resume();
        stream.on('close', () => setTimeout(() => isClosed || watch(agent, url), RETRY_MS));
      }).on('error', (error) => isClosed || reject(error));
    });
  }

  await Promise.all(agents.map((agent, index) => watch(agent, replicas[index % replicas.length]?.url as string)));
  return {
    close() {
      isClosed = true;
      for (const agent of agents) agent.destroy();
    },
  };
}
