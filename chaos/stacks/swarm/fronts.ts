import { type Answer, send } from '../../../testkit/http/send.ts';
import type { ReplicaName } from '../../history.ts';
import { type Cluster, type Machine, runningContainer, untilBack, wantedContainers } from './cluster.ts';
import { LIMITS_MS } from './limits.ts';
import type { Reaches } from './replicas.ts';
import { createSteady, STEADY_MS } from './steady.ts';

/** The Nginx of each machine, as clients reach it. */
export interface SwarmFronts {
  /** Records that clients no longer reach the machine's Nginx. */
  lost(machine: Machine): void;
  /** Records that the machine's Nginx may lose replicas, and replicas the database, until it has reached all of them for a while. */
  doubt(machine: Machine): void;
  /** Waits until it answers, and then until it reaches all replicas for a while. Records both. */
  untilBack(machine: Machine): Promise<void>;
}

const ANSWERS_WITHIN_MS = 2000;
/** Counts nothing, but needs a replica that has found the primary. */
const PROBE = '/showcount';

async function probe(url: string, headers: Record<string, string> = {}): Promise<Answer | undefined> {
  const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
  return send(url, { path: PROBE, headers: { Accept: 'application/json', ...headers }, signal }).catch(() => undefined);
}

/** Asks a machine's Nginx as a client that is moored to the replica. */
export const reaches: Reaches = async ({ url }, { sid, address }) => {
  const answer = await probe(url, { Cookie: `srv_id=${sid}` });
  return answer?.status === 200 && answer.headers['x-served-by'] === address;
};

/** Whether a machine's Nginx gets a visitor a response from a replica. */
export async function serves({ url }: Pick<Machine, 'url'>): Promise<boolean> {
  return (await probe(url))?.status === 200;
}

/** A time in which clients do not reach a machine's Nginx, or it lacks replicas. */
interface FrontOutage {
  /** Ends its first part, in which clients do not reach it. */
  frontIsBack?: (() => void) | undefined;
  peersAreBack: () => void;
}

/** @param present returns the replicas that are available at the other fronts */
export function createFronts(
  cluster: Pick<Cluster, 'machines' | 'notes'>,
  present: () => readonly ReplicaName[],
  steadyMs = STEADY_MS,
): SwarmFronts {
  const { notes } = cluster;
  const outages = new Map<Machine, FrontOutage>();

  /**
   * Waits until something about a machine's Nginx has been so for a while.
   *
   * @returns whether it is so, and nothing has happened to this Nginx meanwhile: another fault then waits for it
   */
  async function untilSteady(
    { what, machine, withinMs }: { what: string; machine: Machine; withinMs: number },
    look: () => Promise<string | undefined>,
  ): Promise<boolean> {
    const outage = outages.get(machine);
    const isOver = () => outages.get(machine) !== outage;
    const steady = createSteady(notes.nowMs, steadyMs);
    return untilBack(notes, { what, withinMs, isOver }, async () => steady(await look()));
  }

  async function reachesAll(machine: Machine): Promise<string | undefined> {
    const reached = await Promise.all(present().map((replica) => reaches(machine, replica)));
    return reached.every(Boolean) ? 'all' : undefined;
  }

  return {
    lost(machine) {
      const earlier = outages.get(machine);
      const { name } = machine;
      const { log } = notes;
      machine.front = 'away';
      outages.set(machine, {
        frontIsBack: earlier?.frontIsBack ?? log.begin('front', name),
        peersAreBack: earlier?.peersAreBack ?? log.begin('peers', name),
      });
    },
    doubt(machine) {
      if (outages.has(machine)) return;
      machine.front = 'partial';
      outages.set(machine, { peersAreBack: notes.log.begin('peers', machine.name) });
    },
    async untilBack(machine) {
      const outage = outages.get(machine);
      if (!outage) return;
      const what = `Nginx of ${machine.name}`;
      if (outage.frontIsBack) {
        const limits = { what, machine, withinMs: LIMITS_MS.front };
        if (!(await untilSteady(limits, () => answering(cluster, machine)))) return;
        machine.front = 'partial';
        outage.frontIsBack?.();
        outage.frontIsBack = undefined;
      }
      const limits = { what: `all replicas at ${what}`, machine, withinMs: LIMITS_MS.peers };
      if (!(await untilSteady(limits, () => reachesAll(machine)))) return;
      machine.front = 'whole';
      outage.peersAreBack();
      outages.delete(machine);
    },
  };
}

/** Returns the container of a machine's Nginx if it answers and Swarm does not want to replace it. */
async function answering(cluster: Pick<Cluster, 'machines'>, { engine, url }: Machine): Promise<string | undefined> {
  const container = await runningContainer(engine, 'nginx');
  if (container === undefined || !(await wantedContainers(cluster, 'nginx'))?.has(container)) return undefined;
  return (await probe(url)) === undefined ? undefined : container;
}
