import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFaultProxy } from '../../../testkit/network/fault-proxy.ts';
import { freePortRange } from '../../../testkit/network/free-ports.ts';
import { viaPort } from '../../../testkit/network/via-port.ts';
import { MOST_REPLICAS } from '../pick.ts';
import type { RunContext, Stack } from '../stack.ts';
import { createLocalDatabase } from './database.ts';
import { createLocalFaults } from './faults.ts';
import type { LocalParts } from './parts.ts';
import { createLocalProcess } from './process.ts';
import { createLocalReplica, type LocalReplica } from './replica.ts';
import { createStepClock, stepEdgeClock } from './step-clocks.ts';

export interface LocalStackOptions {
  /** Folder of the sources. */
  root: URL;
  /** URL of a MySQL server. Without it one is started. */
  databaseUrl?: string | undefined;
  /** SQL statement that is executed before the run. */
  prepare?: string | undefined;
  notes: RunContext;
}

const REPLICAS = 3;

/** Starts replicas, MySQL and the edge worker as processes on this machine, with proxies between them. */
export async function startLocalStack({ root, databaseUrl, prepare, notes }: LocalStackOptions): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-chaos-'));
  const database = await createLocalDatabase(databaseUrl, notes.say);
  if (prepare !== undefined) await database.execute(prepare);
  const firstPort = await freePortRange(2 + 3 * MOST_REPLICAS);
  const [edgePort, edgeDatabasePort] = [firstPort, firstPort + 1];
  const replicas: LocalReplica[] = [];
  for (let index = 0; index < MOST_REPLICAS; index++) {
    const port = firstPort + 2 + 3 * index;
    const ports = { own: port, front: port + 1, database: port + 2 };
    const name = `replica-${index + 1}`;
    replicas.push(await createLocalReplica({ name, root, folder, ports, databaseUrl: database.url, notes }));
  }

  const edgeDatabaseUrl = new URL(database.url);
  const edgeDatabaseGate = await createFaultProxy(Number(edgeDatabaseUrl.port || 3306), {
    targetHost: edgeDatabaseUrl.hostname,
    port: edgeDatabasePort,
  });
  const peersFile = join(folder, 'peers');
  const edgeUrl = `http://127.0.0.1:${edgePort}`;
  const edgeClock = await createStepClock(root, join(folder, 'edge.clock'));
  const edge = createLocalProcess({
    name: 'edge',
    root,
    script: 'chaos/stacks/local/edge-main.ts',
    env: {
      PORT: `${edgePort}`,
      DATABASE_URL: viaPort(database.url, edgeDatabaseGate.port),
      CHAOS_PEERS_FILE: peersFile,
      ...edgeClock.env,
    },
    notes,
  });

  const parts: LocalParts = {
    inService: replicas.slice(0, REPLICAS),
    replicas,
    edge,
    edgeDatabaseGate,
    database,
    notes,
    tellPeers: () => writeFile(peersFile, parts.inService.map(({ peer }) => peer).join('\n')),
    async stepClocks(ms) {
      await Promise.all([...parts.replicas.map((replica) => replica.stepClock(ms)), edgeClock.step(edge, ms)]);
      await stepEdgeClock(edgeUrl, ms);
    },
  };
  await parts.tellPeers();
  await Promise.all([...parts.inService, edge].map((process) => process.start()));

  return {
    about: `the edge worker in front of replicas of this machine, on ${database.about}`,
    fronts: [{ name: 'worker', kind: 'worker', url: edgeUrl }],
    ...createLocalFaults(parts),
    replicas: () => replicas.map(({ sid, address }) => ({ sid, address })),
    async finish() {
      edge.kill();
      await Promise.all(parts.inService.map((replica) => replica.stop()));
      return database.ledger();
    },
    async close() {
      edge.kill();
      await Promise.all(replicas.map((replica) => replica.close()));
      await edgeDatabaseGate.shut();
      await database.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
