import { serverId } from '../../../app/affinity/server-id.ts';
import { delay } from '../../../app/lib/delay.ts';
import type { Replica } from '../../../testkit/docker/stack.ts';
import type { PlannedFault } from '../../fault.ts';
import type { Death } from '../../history.ts';
import { endDrains, NEVER_MS } from '../../outages.ts';
import { pick, pickCount } from '../pick.ts';
import type { InjectFault, Stack } from '../stack.ts';
import { stopUnderLoad } from '../stop-under-load.ts';
import { type ContainerEnd, untilTold } from './container-ends.ts';
import { HEALTH_TIMEOUT_MS } from './health.ts';
import { createComposeHold } from './hold.ts';
import type { ComposeParts } from './parts.ts';
import { createComposeUpFault } from './up-fault.ts';

/** Exit code of scale.sh when it has removed new replicas that did not become healthy. */
const REPLICAS_NOT_HEALTHY = 1;

/** Not `docker kill`: its signal reaches only the container's init process and not the replica. */
const allProcesses = (signal: 'STOP' | 'CONT') => ['sh', '-c', `kill -${signal} -1`];

export function createComposeReplicaFaults(parts: ComposeParts): Stack['faults'] {
  const { stack, containers, watch, replicas, health, notes } = parts;
  const holdCounter = createComposeHold(() => containers.of('db'));

  /** Applies `work` to one available replica. */
  const toOne = (work: (victim: Replica, lengthMs: number) => Promise<void>): InjectFault => {
    return async ({ choice, lengthMs }) => {
      const victim = pick(replicas.present(), choice);
      if (!victim) return undefined;
      await work(victim, lengthMs);
      return `${victim.name} at ${victim.address}`;
    };
  };

  async function startAgain(victims: readonly Replica[]): Promise<void> {
    const ids = victims.map(({ id }) => id);
    // Docker assigns new addresses.
    endDrains(notes.drains, notes.nowMs());
    await containers.docker('start', ...ids);
    await replicas.look();
    // They serve long before Docker reports them as healthy. Wait for Docker, too, so that the next fault starts from a
    // healthy stack.
    await health.untilHealthy(ids);
  }

  async function kill(victims: readonly Replica[], lengthMs: number): Promise<void> {
    replicas.away(victims);
    await containers.kill(victims.map(({ id }) => id));
    await delay(lengthMs);
    await startAgain(victims);
  }

  function noteDrain({ address }: Replica, askedAtMs: number, end: ContainerEnd | undefined): void {
    if (!end) return;
    const { atMs: endedAtMs, exitCode } = end;
    const startedAgainAtMs = NEVER_MS;
    notes.drains.push({ sid: serverId(address), askedAtMs, endedAtMs, exitCode, startedAgainAtMs });
  }

  /** Forgets deaths of replicas that were only just created; no client has affinity to them. */
  function forgetDeaths(known: readonly Replica[], sinceMs: number): void {
    const names = new Set(known.map(({ name }) => name));
    const isNew = ({ name, atMs }: Death) => atMs >= sinceMs && /-origin-\d+$/.test(name) && !names.has(name);
    notes.deaths.splice(0, notes.deaths.length, ...notes.deaths.filter((death) => !isNew(death)));
  }

  async function scale({ choice }: PlannedFault): Promise<string> {
    const before = replicas.present();
    const count = pickCount(before.length, choice);
    const sinceMs = notes.nowMs();
    // Compose chooses which replicas it removes.
    const mayGo = count < before.length ? before : [];
    const asked = mayGo.map((replica) => ({ replica, ...watch.ask(replica.id) }));
    if (count > before.length) endDrains(notes.drains, sinceMs);
    const deadline = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
    for (;;) {
      const triedAtMs = notes.nowMs();
      const { code, stderr } = await stack.run('./scale.sh', `${count}`);
      if (code === 0) break;
      // scale.sh removes new replicas that another fault keeps from becoming ready. Run again, it creates others.
      if (deadline.aborted || code !== REPLICAS_NOT_HEALTHY) throw new Error(`scale.sh ${count}: ${stderr}`);
      forgetDeaths(before, triedAtMs);
    }
    await replicas.look(sinceMs);
    const staying = new Set(replicas.present().map(({ id }) => id));
    for (const { replica, spare } of asked) if (staying.has(replica.id)) spare();
    await untilTold(asked);
    for (const { replica, ended } of asked) noteDrain(replica, sinceMs, await ended);
    return `from ${before.length} to ${count}`;
  }

  return {
    'kill-replica': toOne((victim, lengthMs) => kill([victim], lengthMs)),
    async 'kill-all-replicas'({ lengthMs }) {
      const all = replicas.present();
      if (all.length === 0) return undefined;
      await kill(all, lengthMs);
      return `all ${all.length}`;
    },
    'pause-replica': toOne(async (victim, lengthMs) => {
      replicas.away([victim]);
      await containers.docker('exec', victim.id, ...allProcesses('STOP'));
      await delay(lengthMs);
      await containers.docker('exec', victim.id, ...allProcesses('CONT'));
      await replicas.look();
    }),
    'restart-replica': toOne(async (victim, lengthMs) => {
      await stopUnderLoad(holdCounter, async () => {
        replicas.away([victim]);
        const askedAtMs = notes.nowMs();
        noteDrain(victim, askedAtMs, await containers.stop(victim.id));
      });
      await delay(lengthMs);
      await startAgain([victim]);
    }),
    scale,
    'update-and-up': createComposeUpFault({ stack, watch, replicas, notes, scale, noteDrain }),
  };
}
