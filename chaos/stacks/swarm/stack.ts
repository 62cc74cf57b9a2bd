import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { delay } from '../../../app/lib/delay.ts';
import { type Stack as ComposeStack, createStack } from '../../../testkit/docker/stack.ts';
import type { Ledger } from '../../history.ts';
import { type ComposeDeliveries, followDeliveries } from '../compose/deliveries.ts';
import { DATABASE_FOUND_WITHIN_MS } from '../database-found.ts';
import { readLedger } from '../read-ledger.ts';
import type { RunContext, Stack } from '../stack.ts';
import { WITHOUT_QUOTAS } from '../without-quotas.ts';
import { type Cluster, untilBack } from './cluster.ts';
import { type CommitSession, openCommitSession } from './commit-session.ts';
import { watchCommits } from './commit-watch.ts';
import { createSwarmFaults } from './faults.ts';
import { createFronts, reaches } from './fronts.ts';
import { createGroup } from './group.ts';
import { createMachines } from './machines.ts';
import type { SwarmParts } from './parts.ts';
import { primaryContainer } from './primary-container.ts';
import { type SwarmReplicas, watchReplicas } from './replicas.ts';
import { setUp } from './setup.ts';
import { STEADY_MS } from './steady.ts';

export interface SwarmStackOptions {
  /** Folder of the sources. */
  root: URL;
  /** The program that has the machines. */
  machines: string;
  /** SQL statement that is executed before the run. */
  prepare?: string | undefined;
  notes: RunContext;
}

const REPLICAS = 3;
const POLL_INTERVAL_MS = 500;
const REPLICAS_WITHIN_MS = 120_000;
const PRIMARY_WITHIN_MS = 60_000;
/** Longer than a replica may take to end. */
const STOPPED_WITHIN_MS = 90_000;

/** Starts the stack of deploy/swarm on machines of its own. */
export async function startSwarmStack({ root, machines, prepare, notes }: SwarmStackOptions): Promise<Stack> {
  const project = `chaos-${randomBytes(4).toString('hex')}`;
  const compose = await createStack(
    {
      COMPOSE_PROJECT_NAME: project,
      ORIGIN_IMAGE: `${project}-origin`,
      HTTP_PORT: '80',
      ...WITHOUT_QUOTAS,
    },
    fileURLToPath(root),
  );
  const control = createMachines(machines);
  const operate: SwarmParts['operate'] = ({ engine }, script, ...args) =>
    compose.run('env', `DOCKER_HOST=${engine.host}`, `STACK=${project}`, script, ...args);
  let replicas: SwarmReplicas | undefined;
  let commits: ReturnType<typeof watchCommits> | undefined;

  async function close(): Promise<void> {
    try {
      await commits?.stop();
      await replicas?.stop();
      await control.down();
    } finally {
      await compose.remove();
    }
  }

  try {
    const cluster = await setUp({ compose, control, notes, operate });
    const group = createGroup(cluster);
    if (prepare !== undefined) await group.sql(prepare);
    const watched = watchReplicas(cluster, reaches);
    replicas = watched;
    await untilReplicas(watched);
    const parts: SwarmParts = {
      cluster,
      group,
      replicas: watched,
      fronts: createFronts(cluster, watched.present),
      replicaCount: REPLICAS,
      steadyMs: STEADY_MS,
      databaseFoundWithinMs: DATABASE_FOUND_WITHIN_MS,
      operate,
    };
    const logs = followLogs(cluster, compose);
    commits = watchCommits({ notes, open: () => openAtPrimary(parts) });
    return {
      about: `the stack of deploy/swarm on ${cluster.machines.length} machines, a group of ${cluster.machines.length} MySQL servers`,
      fronts: cluster.machines.map(({ name, url }) => ({ name, kind: 'nginx', url })),
      ...createSwarmFaults(parts),
      replicas: watched.all,
      async finish() {
        await commits?.stop();
        return finish(parts, logs);
      },
      close,
    };
  } catch (error) {
    await close().catch((leftOver: unknown) => notes.say(`cleanup failed: ${leftOver}`));
    throw error;
  }
}

async function openAtPrimary(parts: SwarmParts): Promise<CommitSession | undefined> {
  const primary = await primaryContainer(parts);
  return primary && openCommitSession(primary.machine.engine.host, primary.container);
}

/** Follows the requests that the replicas of each machine log. */
function followLogs({ machines, stack, notes }: Cluster, compose: ComposeStack): ComposeDeliveries[] {
  return machines.map(({ engine }) => {
    const run: ComposeStack['run'] = (...command) => compose.run('env', `DOCKER_HOST=${engine.host}`, ...command);
    return followDeliveries({ name: stack, run }, notes);
  });
}

/** Stops everything but the database, and reads what it has. */
async function finish({ cluster, group, replicas }: SwarmParts, logs: readonly ComposeDeliveries[]): Promise<Ledger> {
  await replicas.stop();
  await stopReplicas(cluster);
  for (const log of logs) await log.stop();
  const limits = { what: 'the primary, for the ledger', withinMs: PRIMARY_WITHIN_MS };
  await untilBack(cluster.notes, limits, async () => (await group.primary()) !== undefined);
  return readLedger(group.sql);
}

async function untilReplicas(replicas: SwarmReplicas): Promise<void> {
  const deadline = AbortSignal.timeout(REPLICAS_WITHIN_MS);
  while (replicas.present().length < REPLICAS) {
    if (deadline.aborted) throw new Error(`only ${replicas.present().length} of ${REPLICAS} replicas are available`);
    await delay(POLL_INTERVAL_MS);
  }
}

/** Stops Nginx and the replicas, which commit what they have. */
async function stopReplicas({ machines, stack }: Cluster): Promise<void> {
  const [{ engine }] = machines as [Cluster['machines'][number]];
  await engine.docker('service', 'rm', `${stack}_nginx`, `${stack}_origin`);
  const deadline = AbortSignal.timeout(STOPPED_WITHIN_MS);
  for (;;) {
    // An engine that is busy may not answer in time.
    const containers = await Promise.all(machines.map((machine) => machine.engine.containers())).catch(() => undefined);
    const left = containers
      ?.flat()
      .filter(({ service, isRunning }) => isRunning && (service === 'origin' || service === 'nginx'));
    if (left?.length === 0) return;
    if (deadline.aborted) throw new Error(`${left?.length ?? 'some'} containers of replicas and Nginx did not stop`);
    await delay(POLL_INTERVAL_MS);
  }
}
