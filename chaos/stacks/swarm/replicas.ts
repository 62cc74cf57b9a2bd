import { serverId } from '../../../app/affinity/server-id.ts';
import { createBackgroundLoop } from '../../../app/lib/background-loop.ts';
import { delay } from '../../../app/lib/delay.ts';
import type { ReplicaName } from '../../history.ts';
import { NEVER_MS, type Outage } from '../../outages.ts';
import type { RunContext } from '../stack.ts';
import { type Cluster, type Machine, reachable, wantedContainers } from './cluster.ts';
import { createDeathWatch } from './death-watch.ts';
import type { Container } from './engine.ts';

/** A replica that clients can be moored to. */
export interface Replica extends ReplicaName {
  containerId: string;
  machine: Machine;
}

/**
 * The replicas of the stack. Swarm replaces them by itself, so they are looked up all the time. Each address counts as a replica
 * of its own, because Swarm gives a new replica a new one.
 */
export interface SwarmReplicas {
  /** Returns the replicas that are available at all fronts. */
  present(): Replica[];
  /** Returns every address that a replica has had. */
  all(): ReplicaName[];
  /** Records that these replicas are unavailable from now on, until they are seen again. */
  away(replicas: readonly Pick<Replica, 'address'>[]): void;
  /** Records that a machine is lost, with all that runs on it. */
  lost(machine: Machine): void;
  /** Announces that a container is about to be killed. Other ends are deaths. */
  expectEnd(containerId: string): void;
  stop(): Promise<void>;
}

/** Whether a front reaches a replica for a client that is moored to it. */
export type Reaches = (machine: Machine, replica: ReplicaName) => Promise<boolean>;

const LOOK_INTERVAL_MS = 400;
const PORT = 5000;

/** Returns the machine's replicas that serve: healthy, and not asked to stop. */
function servingOn(machine: Machine, containers: readonly Container[], wanted: ReadonlySet<string>): Replica[] {
  return containers.flatMap(({ id: containerId, service, isHealthy, address: ip }) => {
    if (service !== 'origin' || !isHealthy || ip === undefined || !wanted.has(containerId)) return [];
    const address = `${ip}:${PORT}`;
    return { sid: serverId(address), address, containerId, machine };
  });
}

/** Returns the containers of the machines whose engines answer. */
async function containersByMachine(machines: readonly Machine[]): Promise<(readonly [Machine, Container[]])[]> {
  const found = machines.map(async (machine) => [machine, await machine.engine.containers()] as const);
  const settled = await Promise.allSettled(found);
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

export function watchReplicas(cluster: Cluster, reaches: Reaches, lookIntervalMs = LOOK_INTERVAL_MS): SwarmReplicas {
  const { notes } = cluster;
  const replicas = createReplicaBook(notes);
  const deaths = createDeathWatch(notes);
  const containersOf = new Map<Machine, Container[]>();
  /** Containers that are about to be killed: they must not arrive again. */
  const ending = new Set<string>();
  let wanted: ReadonlySet<string> = new Set();
  let lookedAtMs = notes.nowMs();

  async function look(): Promise<void> {
    const startedAtMs = notes.nowMs();
    // While the managers have no majority, nothing is stopped or started.
    wanted = (await wantedContainers(cluster, 'origin')) ?? wanted;
    const seen: Replica[] = [];
    for (const [machine, containers] of await containersByMachine(reachable(cluster))) {
      // The machine may have been lost meanwhile.
      if (machine.state !== 'up') continue;
      containersOf.set(machine, containers);
      deaths.look(containers, wanted);
      const here = servingOn(machine, containers, wanted).filter(({ containerId }) => !ending.has(containerId));
      const addresses = new Set(here.map(({ address }) => address));
      const gone = replicas.present().filter((each) => each.machine === machine && !addresses.has(each.address));
      replicas.leave(gone, lookedAtMs);
      seen.push(...here);
    }
    lookedAtMs = startedAtMs;
    const arriving = seen.filter(({ address }) => !replicas.isPresent(address));
    await Promise.all(arriving.map(arrive));
  }

  async function arrive(replica: Replica): Promise<void> {
    replicas.meet(replica);
    const fronts = reachable(cluster).filter(({ front }) => front !== 'away');
    const reached = await Promise.all(fronts.map((front) => reaches(front, replica)));
    if (fronts.length > 0 && reached.every(Boolean) && replica.machine.state === 'up') replicas.come(replica);
  }

  const loop = createBackgroundLoop(async (signal) => {
    await look();
    await delay(lookIntervalMs, signal);
  });
  loop.start();

  return {
    present: replicas.present,
    all: replicas.all,
    away: (gone) => replicas.leave(gone, notes.nowMs()),
    lost(machine) {
      deaths.expectAll(containersOf.get(machine) ?? []);
      const gone = replicas.present().filter((replica) => replica.machine === machine);
      replicas.leave(gone, notes.nowMs());
    },
    expectEnd(id) {
      ending.add(id);
      deaths.expect(id);
    },
    stop: loop.stop,
  };
}

/** Keeps which replicas there are, and records their outages. */
function createReplicaBook({ log, nowMs }: Pick<RunContext, 'log' | 'nowMs'>) {
  const known = new Map<string, Replica>();
  const away = new Map<string, Outage>();
  const isPresent = (address: string) => known.has(address) && !away.has(address);

  return {
    isPresent,
    present: () => [...known.values()].filter(({ address }) => isPresent(address)),
    all: (): ReplicaName[] => [...known.values()].map(({ sid, address }) => ({ sid, address })),
    leave(replicas: readonly Pick<Replica, 'address'>[], fromMs: number): void {
      for (const { address } of replicas) {
        if (!isPresent(address)) continue;
        const outage: Outage = { what: 'replica', name: serverId(address), fromMs, untilMs: NEVER_MS };
        away.set(address, outage);
        log.outages.push(outage);
      }
    },
    /** Records a replica that was not there before, and that may answer although it is not available at all fronts yet. */
    meet(replica: Replica): void {
      const { address, sid } = replica;
      const hadAddress = known.has(address);
      // Another container may have it now.
      known.set(address, replica);
      if (hadAddress) return;
      const outage: Outage = { what: 'replica', name: sid, fromMs: 0, untilMs: NEVER_MS };
      away.set(address, outage);
      log.outages.push(outage);
    },
    come({ address }: Replica): void {
      const outage = away.get(address);
      if (outage) outage.untilMs = nowMs();
      away.delete(address);
    },
  };
}
