import { FAULT_KINDS, type FaultKind } from '../../fault.ts';
import { pick } from '../pick.ts';
import type { InjectFault, Stack } from '../stack.ts';
import { reachable, runningContainer, untilBack } from './cluster.ts';
import { LIMITS_MS } from './limits.ts';
import { createMachineFaults } from './machine-faults.ts';
import type { SwarmParts } from './parts.ts';
import { primaryContainer } from './primary-container.ts';
import { untilReplicasAreBack, untilWritable } from './recover.ts';

const NOT_HERE = 'tested on the stack of docker-compose.yml';

export function createSwarmFaults(parts: SwarmParts): Pick<Stack, 'faults' | 'missing'> {
  const faults: Stack['faults'] = {
    ...createMachineFaults(parts),
    'kill-replica': killReplica(parts),
    'restart-front': restartFront(parts),
    'kill-primary': killPrimary(parts),
  };
  return { faults, missing: missingOf(faults) };
}

function killReplica(parts: SwarmParts): InjectFault {
  const { replicas } = parts;
  return async ({ choice }) => {
    const victim = pick(replicas.present(), choice);
    if (!victim) return undefined;
    replicas.away([victim]);
    replicas.expectEnd(victim.containerId);
    // A fault of the other lane may have ended it, with its machine.
    await victim.machine.engine.docker('kill', victim.containerId).catch(() => undefined);
    await untilReplicasAreBack(parts, 'a killed replica');
    return `${victim.sid} on ${victim.machine.name}`;
  };
}

function restartFront({ cluster, fronts, replicas }: SwarmParts): InjectFault {
  return async ({ choice }) => {
    const whole = reachable(cluster).filter(({ front }) => front === 'whole');
    const machine = pick(whole, choice);
    const container = machine && (await runningContainer(machine.engine, 'nginx'));
    if (!machine || container === undefined) return undefined;
    replicas.expectEnd(container);
    fronts.lost(machine);
    // Swarm may have replaced it meanwhile.
    await machine.engine.docker('kill', container).catch(() => undefined);
    await fronts.untilBack(machine);
    return `Nginx of ${machine.name}`;
  };
}

function killPrimary(parts: SwarmParts): InjectFault {
  const { cluster, group, replicas } = parts;
  const { notes } = cluster;
  return async () => {
    const primary = (await group.isWhole()) ? await primaryContainer(parts) : undefined;
    if (!primary) return undefined;
    const { machine, container } = primary;
    const sinceMs = notes.nowMs();
    const databaseIsBack = notes.log.begin('database');
    replicas.expectEnd(container);
    // Swarm may have replaced it meanwhile.
    await machine.engine.docker('kill', container).catch(() => undefined);
    const isBack = () => group.isSettled([machine.number]);
    const limits = { what: 'writes without the primary', sinceMs, withinMs: LIMITS_MS.writable, isBack };
    await untilWritable(parts, limits, databaseIsBack);
    const member = { what: `the killed member of ${machine.name}`, withinMs: LIMITS_MS.member };
    await untilBack(notes, member, () => group.isOnline(machine.number));
    return `db-${machine.number} on ${machine.name}`;
  };
}

function missingOf(faults: Stack['faults']): Stack['missing'] {
  const missing = FAULT_KINDS.filter((kind) => !(kind in faults));
  return Object.fromEntries(missing.map((kind): [FaultKind, string] => [kind, NOT_HERE]));
}
