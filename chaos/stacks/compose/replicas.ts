import { serverId } from '../../../app/affinity/server-id.ts';
import type { Stack as ComposeStack, Replica } from '../../../testkit/docker/stack.ts';
import type { ReplicaName } from '../../history.ts';
import { NEVER_MS, type Outage } from '../../outages.ts';
import type { RunContext } from '../stack.ts';
import type { ComposeHealth } from './health.ts';

/**
 * The replicas of a Compose stack. Docker assigns new addresses, so each address counts as a replica of its own,
 * whichever container has it.
 */
export interface ComposeReplicas {
  /** Returns the replicas that were running at the last `look` and are available. */
  present(): Replica[];
  /** Returns every address that a replica has had. */
  all(): ReplicaName[];
  /** Records that these replicas are unavailable, until `look` sees them ready again. */
  away(replicas: readonly Replica[]): void;
  /**
   * Looks up the running replicas. Records new ones as soon as they are ready, and removed ones as unavailable since
   * `sinceMs`.
   */
  look(sinceMs?: number): Promise<void>;
}

export function createComposeReplicas(
  stack: Pick<ComposeStack, 'replicas'>,
  { untilReady }: Pick<ComposeHealth, 'untilReady'>,
  { log, nowMs }: Pick<RunContext, 'log' | 'nowMs'>,
): ComposeReplicas {
  const known = new Map<string, ReplicaName>();
  const away = new Map<string, Outage>();
  let running: Replica[] = [];

  function leave(address: string, fromMs: number): void {
    if (away.has(address)) return;
    const outage: Outage = { what: 'replica', name: serverId(address), fromMs, untilMs: NEVER_MS };
    away.set(address, outage);
    log.outages.push(outage);
  }

  function come(address: string): void {
    const outage = away.get(address);
    if (outage) outage.untilMs = nowMs();
    away.delete(address);
    if (known.has(address)) return;
    known.set(address, { sid: serverId(address), address });
    log.arrived(serverId(address));
  }

  return {
    present: () => running.filter(({ address }) => known.has(address) && !away.has(address)),
    all: () => [...known.values()],
    away(replicas) {
      for (const { address } of replicas) leave(address, nowMs());
    },
    async look(sinceMs = nowMs()) {
      running = await stack.replicas();
      const addresses = new Set(running.map(({ address }) => address));
      for (const address of known.keys()) if (!addresses.has(address)) leave(address, sinceMs);
      const coming = running.filter(({ address }) => !known.has(address) || away.has(address));
      await Promise.all(coming.map((replica) => untilReady(replica).then(() => come(replica.address))));
    },
  };
}
