import { setTimeout } from 'node:timers/promises';
import type { Stack as ComposeStack } from '../../tests/compose/stack.ts';
import { choose } from './choices.ts';
import type { ComposeContainers } from './compose-containers.ts';
import type { ComposeHealth } from './compose-health.ts';
import { createComposeNetworkFaults } from './compose-network-faults.ts';
import { createComposeReplicaFaults } from './compose-replica-faults.ts';
import type { ComposeReplicas } from './compose-replicas.ts';
import type { NetworkTools } from './network-tools.ts';
import type { Front, Notes, Stack } from './stack.ts';
import type { ContainerWatch } from './watch-containers.ts';

/** What a Compose stack is hurt through. */
export interface ComposeParts {
  stack: ComposeStack;
  containers: ComposeContainers;
  watch: ContainerWatch;
  replicas: ComposeReplicas;
  health: ComposeHealth;
  fronts: readonly Front['name'][];
  notes: Notes;
  networkTools: NetworkTools | undefined;
}

/** The services that are called otherwise than what they are in front as. */
const SERVICES = { nginx: 'nginx', worker: 'edge' };

/** What a Compose stack can suffer. */
export function createComposeFaults(parts: ComposeParts): Pick<Stack, 'faults' | 'missing'> {
  const { stack, containers, health, fronts, notes } = parts;

  async function killService(service: string, lengthMs: number): Promise<void> {
    const id = await containers.of(service);
    await containers.kill([id]);
    await setTimeout(lengthMs);
    await containers.docker('start', id);
    await health.untilHealthy([id]);
  }

  const faults: Stack['faults'] = {
    async 'kill-database'({ lengthMs }) {
      const isBack = notes.log.begin('database');
      await killService('db', lengthMs);
      isBack();
      return 'MySQL';
    },
    async 'hang-database'({ lengthMs }) {
      const isBack = notes.log.begin('database');
      const id = await containers.of('db');
      await containers.docker('kill', '--signal', 'STOP', id);
      await setTimeout(lengthMs);
      await containers.docker('kill', '--signal', 'CONT', id);
      isBack();
      return 'MySQL';
    },
    async 'restart-front'({ lengthMs, choice }) {
      const front = choose(fronts, choice) as Front['name'];
      const isBack = notes.log.begin('front', front);
      await killService(SERVICES[front], lengthMs);
      isBack();
      return front;
    },
  };
  const missing: Stack['missing'] = { 'step-clock': "a container's clock is the machine's" };
  if (fronts.includes('nginx')) {
    faults['reload-front'] = async () => {
      await stack.compose('exec', '-T', 'nginx', 'nginx', '-s', 'reload');
      return 'nginx';
    };
  } else {
    missing['reload-front'] = 'the worker takes new peers without one';
  }
  const network = createComposeNetworkFaults(parts);
  return {
    faults: { ...createComposeReplicaFaults(parts), ...faults, ...network.faults },
    missing: { ...missing, ...network.missing },
  };
}
