import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { delay } from '../../../app/lib/delay.ts';
import { createStack } from '../../../testkit/docker/stack.ts';
import type { FrontKind } from '../../../testkit/fronts/front.ts';
import { freePortRange } from '../../../testkit/network/free-ports.ts';
import { readLedger } from '../read-ledger.ts';
import type { RunContext, Stack } from '../stack.ts';
import { WITHOUT_QUOTAS } from '../without-quotas.ts';
import { createComposeContainers } from './containers.ts';
import { followDeliveries } from './deliveries.ts';
import { createComposeFaults } from './faults.ts';
import { createComposeHealth } from './health.ts';
import { findNetworkTools } from './network-tools.ts';
import { createComposeReplicas } from './replicas.ts';
import { type ContainerWatch, watchContainers } from './watch-containers.ts';

export interface ComposeStackOptions {
  /** Folder of the sources. */
  root: URL;
  /** The fronts that clients use. */
  fronts: readonly FrontKind[];
  /** SQL statement that is executed before the run. */
  prepare?: string | undefined;
  notes: RunContext;
}

const DOWN_TRIES = 5;
const DOWN_PAUSE_MS = 2000;

/** Starts the stack of docker-compose.yml under a project name of its own. */
export async function startComposeStack({ root, fronts, prepare, notes }: ComposeStackOptions): Promise<Stack> {
  const projectFolder = fileURLToPath(root);
  const edgePort = await freePortRange(1);
  const hasEdge = fronts.includes('worker');
  const project = `chaos-${randomBytes(4).toString('hex')}`;
  const stack = await createStack(
    {
      COMPOSE_PROJECT_NAME: project,
      COMPOSE_PROFILES: hasEdge ? 'edge' : '',
      EDGE_PORT: `127.0.0.1:${edgePort}`,
      ...WITHOUT_QUOTAS,
    },
    projectFolder,
  );

  let watch: ContainerWatch | undefined;

  async function close(): Promise<void> {
    await watch?.stop();
    // The engine may still use a network that a fault was just repairing.
    for (let triesLeft = DOWN_TRIES - 1; ; triesLeft--) {
      try {
        return await stack.remove();
      } catch (error) {
        if (triesLeft === 0) throw error;
      }
      await delay(DOWN_PAUSE_MS);
    }
  }

  try {
    await stack.compose('up', '--detach', '--wait', '--build');
    if (prepare !== undefined) await stack.sql(prepare);
    const watching = watchContainers(project, stack, notes);
    watch = watching;
    const deliveries = followDeliveries(stack, notes);
    const health = createComposeHealth(stack);
    const replicas = createComposeReplicas(stack, health, notes);
    await replicas.look();
    const urls = { nginx: stack.url, worker: `http://127.0.0.1:${edgePort}` };
    return {
      about: `the stack of docker-compose.yml, ${fronts.join(' and ')} in front`,
      fronts: fronts.map((kind) => ({ name: kind, kind, url: urls[kind] })),
      ...createComposeFaults({
        stack,
        containers: createComposeContainers(stack, watching),
        watch: watching,
        replicas,
        health,
        fronts,
        notes,
        networkTools: await findNetworkTools(),
      }),
      replicas: replicas.all,
      async finish() {
        await watching.stop();
        await stack.compose('stop', 'nginx', 'origin', ...(hasEdge ? ['edge'] : []));
        await deliveries.stop();
        return readLedger(stack.sql);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
