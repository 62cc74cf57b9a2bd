import { setTimeout } from 'node:timers/promises';
import type { Stack as ComposeStack, Replica } from '../../tests/compose/stack.ts';
import type { PlannedFault } from '../fault.ts';
import { NEVER_MS } from '../outages.ts';
import { createComposeNetworkFaults } from './compose-network-faults.ts';
import type { ComposeReplicas } from './compose-replicas.ts';
import type { NetworkTools } from './network-tools.ts';
import { choose, type Front, type Notes, type Stack } from './stack.ts';

/** What a Compose stack is hurt through. */
export interface ComposeParts {
  stack: ComposeStack;
  replicas: ComposeReplicas;
  fronts: readonly Front['name'][];
  notes: Notes;
  networkTools: NetworkTools | undefined;
}

const LEAST_REPLICAS = 2;
const MOST_REPLICAS = 5;
const HEALTH_INTERVAL_MS = 200;
const HEALTH_TIMEOUT_MS = 120_000;
/** Visits are held so long in all, and their replica is asked to stop when they have been for a while. */
const HELD_SECONDS = 2;
const STOP_AFTER_MS = 1200;
/** The services that are called otherwise than what they are in front as. */
const SERVICES = { nginx: 'nginx', worker: 'edge' };

/** Not Docker's own signal, which reaches only the init process before the replica. */
const allProcesses = (signal: 'STOP' | 'CONT') => ['sh', '-c', `kill -${signal} -1`];

/** What a Compose stack can suffer. */
export function createComposeFaults(parts: ComposeParts): Pick<Stack, 'faults' | 'missing'> {
  const { stack, replicas, fronts, notes } = parts;

  async function docker(...args: string[]): Promise<void> {
    const { code, stderr } = await stack.run('docker', ...args);
    if (code !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
  }

  async function untilHealthy(...ids: string[]): Promise<void> {
    const deadline = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
    for (;;) {
      const { stdout } = await stack.run('docker', 'inspect', '--format', '{{.State.Health.Status}}', ...ids);
      if (
        stdout
          .trim()
          .split('\n')
          .every((status) => status === 'healthy')
      )
        return;
      if (deadline.aborted) throw new Error(`${ids.join(', ')}: ${stdout}`);
      await setTimeout(HEALTH_INTERVAL_MS);
    }
  }

  async function startAgain(victims: readonly Replica[]): Promise<void> {
    const ids = victims.map(({ id }) => id);
    await docker('start', ...ids);
    await untilHealthy(...ids);
    await replicas.look();
  }

  async function kill(victims: readonly Replica[], lengthMs: number): Promise<void> {
    replicas.away(victims);
    await docker('kill', '--signal', 'KILL', ...victims.map(({ id }) => id));
    await setTimeout(lengthMs);
    await startAgain(victims);
  }

  async function restart(victim: Replica, lengthMs: number): Promise<void> {
    const hold = `start transaction; select value from global_counter for update; do sleep(${HELD_SECONDS}); commit`;
    // Nobody is held by a database that is away.
    const held = stack.sql(hold).catch(() => []);
    await setTimeout(STOP_AFTER_MS);
    replicas.away([victim]);
    const { sid } = replicas.all().find(({ address }) => address === victim.address) as { sid: string };
    const askedAtMs = notes.nowMs();
    await docker('stop', victim.id);
    const drain = { sid, askedAtMs, endedAtMs: notes.nowMs(), startedAgainAtMs: NEVER_MS };
    notes.drains.push(drain);
    await held;
    await setTimeout(lengthMs);
    drain.startedAgainAtMs = notes.nowMs();
    await startAgain([victim]);
  }

  async function scale({ choice }: PlannedFault): Promise<string> {
    const before = replicas.running().length;
    const counts = Array.from({ length: MOST_REPLICAS }, (_, index) => index + 1);
    const count = choose(
      counts.filter((other) => other >= LEAST_REPLICAS && other !== before),
      choice,
    );
    const sinceMs = notes.nowMs();
    const { code, stderr } = await stack.run('./scale.sh', `${count}`);
    if (code !== 0) throw new Error(`scale.sh ${count}: ${stderr}`);
    await replicas.look(sinceMs);
    return `from ${before} to ${count}`;
  }

  async function withContainer(service: string, work: (id: string) => Promise<void>): Promise<void> {
    const [id] = (await stack.compose('ps', '--all', '--quiet', service)).split('\n');
    await work(id as string);
  }

  async function killService(service: string, lengthMs: number): Promise<void> {
    await withContainer(service, async (id) => {
      await docker('kill', '--signal', 'KILL', id);
      await setTimeout(lengthMs);
      await docker('start', id);
      await untilHealthy(id);
    });
  }

  const one = ({ choice }: PlannedFault) => choose(replicas.running(), choice);
  const faults: Stack['faults'] = {
    async 'kill-replica'(planned) {
      const victim = one(planned);
      await kill([victim], planned.lengthMs);
      return `${victim.name} at ${victim.address}`;
    },
    async 'kill-all-replicas'({ lengthMs }) {
      const all = replicas.running();
      await kill(all, lengthMs);
      return `all ${all.length}`;
    },
    async 'pause-replica'(planned) {
      const victim = one(planned);
      replicas.away([victim]);
      await docker('exec', victim.id, ...allProcesses('STOP'));
      await setTimeout(planned.lengthMs);
      await docker('exec', victim.id, ...allProcesses('CONT'));
      await replicas.look();
      return `${victim.name} at ${victim.address}`;
    },
    async 'restart-replica'(planned) {
      const victim = one(planned);
      await restart(victim, planned.lengthMs);
      return `${victim.name} at ${victim.address}`;
    },
    scale,
    async 'kill-database'({ lengthMs }) {
      const isBack = notes.log.begin('database');
      await killService('db', lengthMs);
      isBack();
      return 'MySQL';
    },
    async 'hang-database'({ lengthMs }) {
      const isBack = notes.log.begin('database');
      await withContainer('db', async (id) => {
        await docker('kill', '--signal', 'STOP', id);
        await setTimeout(lengthMs);
        await docker('kill', '--signal', 'CONT', id);
      });
      isBack();
      return 'MySQL';
    },
    async 'restart-front'({ lengthMs, choice }) {
      const front = choose(fronts, choice);
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
  return { faults: { ...faults, ...network.faults }, missing: { ...missing, ...network.missing } };
}
