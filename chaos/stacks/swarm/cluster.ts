import { delay } from '../../../app/lib/delay.ts';
import type { RunContext } from '../stack.ts';
import type { Container, Engine } from './engine.ts';
import type { Machines } from './machines.ts';

/** One machine of the cluster. */
export interface Machine {
  number: number;
  /** Name of its front in the history. */
  name: string;
  /** Where its Nginx listens. */
  url: string;
  engine: Engine;
  state: 'up' | 'off' | 'cut';
  /** Whether clients reach its Nginx, and whether that reaches all replicas, as far as is known. */
  front: 'whole' | 'partial' | 'away';
}

/** What the parts of the Swarm stack have in common. */
export interface Cluster {
  /** Name of the stack. */
  stack: string;
  machines: Machine[];
  control: Machines;
  notes: RunContext;
}

const POLL_INTERVAL_MS = 500;
/** How many times its limit a thing may take until the run goes on without it. */
const PATIENCE = 2;

export function reachable({ machines }: Pick<Cluster, 'machines'>): Machine[] {
  return machines.filter(({ state }) => state === 'up');
}

/** Returns a machine's running container of a service. */
export async function runningContainer(
  engine: Pick<Engine, 'containers'>,
  service: string,
): Promise<string | undefined> {
  const containers = await engine.containers().catch((): Container[] => []);
  return containers.find((container) => container.isRunning && container.service === service)?.id;
}

/**
 * Returns the containers of a service that Swarm wants to run. Asks the managers one after the other, because a manager without the
 * majority does not know.
 *
 * @returns undefined when no manager knows
 */
export async function wantedContainers(
  cluster: Pick<Cluster, 'machines'>,
  service: string,
): Promise<Set<string> | undefined> {
  for (const { engine } of reachable(cluster)) {
    const ids = await engine.wanted(service).catch(() => undefined);
    if (ids !== undefined) return ids;
  }
  return undefined;
}

export interface UntilBackOptions {
  what: string;
  withinMs: number;
  sinceMs?: number;
  /** Whether it was lost again, so that another wait has begun: this one then ends, and is not recorded. */
  isOver?: () => boolean;
}

/**
 * Waits until something is back, and records how long that took. Gives up after a multiple of the limit, because the run must go
 * on; the checker `recovery-times` then reports it.
 *
 * @returns whether it is back
 */
export async function untilBack(
  { nowMs, recoveries }: Pick<RunContext, 'nowMs' | 'recoveries'>,
  { what, withinMs, sinceMs = nowMs(), isOver = () => false }: UntilBackOptions,
  isBack: () => Promise<boolean>,
  intervalMs = POLL_INTERVAL_MS,
): Promise<boolean> {
  const recovery = { what, atMs: sinceMs, untilMs: undefined as number | undefined, withinMs };
  recoveries.push(recovery);
  while (nowMs() - sinceMs < withinMs * PATIENCE) {
    const isThere = await isBack();
    if (isOver()) {
      recoveries.splice(recoveries.indexOf(recovery), 1);
      return false;
    }
    if (isThere) {
      recovery.untilMs = nowMs();
      return true;
    }
    await delay(intervalMs);
  }
  return false;
}
