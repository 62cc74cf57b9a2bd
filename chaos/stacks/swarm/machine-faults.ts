import { delay } from '../../../app/lib/delay.ts';
import { pick } from '../pick.ts';
import type { InjectFault, Stack } from '../stack.ts';
import { bootEmpty } from './boot-empty.ts';
import { type Machine, reachable } from './cluster.ts';
import { LIMITS_MS } from './limits.ts';
import { doubtAllFronts, lose } from './lose.ts';
import { loseMajority } from './lose-majority.ts';
import type { SwarmParts } from './parts.ts';
import { untilFrontsAreBack, untilMachineIsBack, untilWritable } from './recover.ts';

/** How a machine is lost, and comes back. */
interface Loss {
  as: 'off' | 'cut';
  give(machine: Machine): Promise<void>;
  /** Longest time until its member is in the group again. */
  memberWithinMs: number;
}

export function createMachineFaults(parts: SwarmParts): Stack['faults'] {
  const { control } = parts.cluster;
  const memberWithinMs = LIMITS_MS.member;
  return {
    'power-off-machine': loseOne(parts, { as: 'off', give: ({ number }) => control.start(number), memberWithinMs }),
    'cut-machine': loseOne(parts, { as: 'cut', give: ({ number }) => control.heal(number), memberWithinMs }),
    'empty-machine': loseOne(parts, {
      as: 'off',
      give: (machine) => bootEmpty(parts, machine),
      memberWithinMs: LIMITS_MS.rebuiltMember,
    }),
    async 'lose-majority'({ choice, lengthMs }) {
      const kept = await pickMachine(parts, choice);
      return kept && loseMajority(parts, kept, lengthMs);
    },
  };
}

/**
 * A machine that may be lost: of a group that lacks a member already, it would take the majority. Half of the choices are the
 * machine with the primary.
 */
async function pickMachine({ cluster, group }: SwarmParts, choice: number): Promise<Machine | undefined> {
  const { machines } = cluster;
  const isWhole = reachable(cluster).length === machines.length && (await group.isWhole());
  if (!isWhole) return undefined;
  const primary = await group.primary();
  const wanted = machines.filter(({ number }) => (number === primary) === (choice % 2 === 0));
  return pick(wanted, Math.floor(choice / 2));
}

function loseOne(parts: SwarmParts, loss: Loss): InjectFault {
  const { notes } = parts.cluster;
  return async ({ choice, lengthMs }) => {
    const machine = await pickMachine(parts, choice);
    if (!machine) return undefined;
    const role = (await parts.group.primary()) === machine.number ? 'with the primary' : 'with a secondary';
    const sinceMs = notes.nowMs();
    const databaseIsBack = notes.log.begin('database');
    await lose(parts, machine, loss.as);
    const limits = { what: `writes without ${machine.name}`, sinceMs, withinMs: LIMITS_MS.writable };
    const writable = untilWritable(parts, limits, databaseIsBack);
    await delay(lengthMs);
    await loss.give(machine);
    machine.state = 'up';
    doubtAllFronts(parts);
    await Promise.all([writable, untilFrontsAreBack(parts)]);
    await untilMachineIsBack(parts, machine, loss.memberWithinMs);
    return `${machine.name} ${role}`;
  };
}
