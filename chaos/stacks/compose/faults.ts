import { delay } from '../../../app/lib/delay.ts';
import type { FrontKind } from '../../../testkit/fronts/front.ts';
import { DATABASE_FOUND_WITHIN_MS } from '../database-found.ts';
import { pick } from '../pick.ts';
import { type InjectFault, MISSING_ON_ONE_MACHINE, type Stack } from '../stack.ts';
import { createComposeNetworkFaults } from './network-faults.ts';
import type { ComposeParts } from './parts.ts';
import { createComposeReplicaFaults } from './replica-faults.ts';

/** Name of each front's Compose service. */
const SERVICES = { nginx: 'nginx', worker: 'edge' };

export function createComposeFaults(parts: ComposeParts): Pick<Stack, 'faults' | 'missing'> {
  const { stack, containers, health, fronts, notes } = parts;

  async function endService(service: string, lengthMs: number, end: (id: string) => Promise<unknown>): Promise<void> {
    const id = await containers.of(service);
    await end(id);
    await delay(lengthMs);
    await containers.docker('start', id);
    await health.untilHealthy([id]);
  }

  const killOne = (id: string) => containers.kill([id]);

  const endDatabase = (end: (id: string) => Promise<unknown>): InjectFault => {
    return async ({ lengthMs }) => {
      const isBack = notes.log.begin('database');
      await endService('db', lengthMs, end);
      isBack(DATABASE_FOUND_WITHIN_MS);
      return 'MySQL';
    };
  };

  const faults: Stack['faults'] = {
    'kill-database': endDatabase(killOne),
    'restart-database': endDatabase(containers.stop),
    async 'hang-database'({ lengthMs }) {
      const isBack = notes.log.begin('database');
      const id = await containers.of('db');
      await containers.docker('kill', '--signal', 'STOP', id);
      await delay(lengthMs);
      await containers.docker('kill', '--signal', 'CONT', id);
      isBack();
      return 'MySQL';
    },
    async 'restart-front'({ lengthMs, choice }) {
      const front = pick(fronts, choice) as FrontKind;
      const isBack = notes.log.begin('front', front);
      await endService(SERVICES[front], lengthMs, killOne);
      isBack();
      return front;
    },
  };
  const why = "a container's clock is the machine's";
  const missing: Stack['missing'] = { ...MISSING_ON_ONE_MACHINE, 'step-clock': why, 'step-all-clocks': why };
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
