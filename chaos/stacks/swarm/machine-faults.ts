import { delay } from '../../../app/lib/delay.ts';
import type { PlannedFault } from '../../fault.ts';
import { pick } from '../pick.ts';
import type { InjectFault, Stack } from '../stack.ts';
import { type Machine, reachable, untilBack } from './cluster.ts';
import { LIMITS_MS } from './limits.ts';
import type { SwarmParts } from './parts.ts';

/** How a machine is lost, and comes back. */
interface Loss {
  as: 'off' | 'cut';
  take(machine: Machine): Promise<void>;
  give(machine: Machine): Promise<void>;
  /** Longest time until its member is in the group again. */
  memberWithinMs: number;
}

/** A group that had lost its majority for a short time goes on by itself within this time. */
const BY_ITSELF_WITHIN_MS = 25_000;
const SECONDS_OF_REBUILD = LIMITS_MS.rebuiltMember / 1000;

export function createMachineFaults(parts: SwarmParts): Stack['faults'] {
  const { cluster, group, replicas, fronts, notes, operate } = { ...parts, notes: parts.cluster.notes };
  const { control, machines, stack } = cluster;

  /**
   * A machine that may be lost: of a group that lacks a member already, it would take the majority. Half of the choices are the
   * machine with the primary.
   */
  async function pickMachine(choice: number): Promise<Machine | undefined> {
    const isWhole = reachable(cluster).length === machines.length && (await group.isWhole());
    if (!isWhole) return undefined;
    const primary = await group.primary();
    const wanted = machines.filter(({ number }) => (number === primary) === (choice % 2 === 0));
    return pick(wanted, Math.floor(choice / 2));
  }

  async function lose(machine: Machine, loss: Pick<Loss, 'as' | 'take'>): Promise<void> {
    fronts.lost(machine);
    replicas.lost(machine);
    machine.state = loss.as;
    await loss.take(machine);
  }

  /** Ends the database's outage when replicas have found the primary. */
  async function untilWritable(what: string, sinceMs: number, withinMs: number, isBack: () => void): Promise<void> {
    await untilBack(notes, { what, sinceMs, withinMs }, () => group.isSettled());
    await delay(parts.primaryFoundWithinMs);
    isBack();
  }

  function doubtAll(): void {
    for (const machine of machines) fronts.doubt(machine);
  }

  async function untilFrontsAreBack(): Promise<void> {
    await Promise.all(machines.map((machine) => fronts.untilBack(machine)));
  }

  async function untilAllIsBack({ name, number }: Machine, memberWithinMs: number): Promise<void> {
    const member = { what: `the member of ${name}`, withinMs: memberWithinMs };
    await untilBack(notes, member, () => group.isOnline(number));
    await untilBack(
      notes,
      { what: 'the number of replicas', withinMs: LIMITS_MS.replicas },
      async () => replicas.present().length >= parts.replicaCount,
    );
  }

  const loseOne = (loss: Loss): InjectFault => {
    return async ({ choice, lengthMs }: PlannedFault) => {
      const machine = await pickMachine(choice);
      if (!machine) return undefined;
      const role = (await group.primary()) === machine.number ? 'with the primary' : 'with a secondary';
      const sinceMs = notes.nowMs();
      const databaseIsBack = notes.log.begin('database');
      await lose(machine, loss);
      const writable = untilWritable(`writes without ${machine.name}`, sinceMs, LIMITS_MS.writable, databaseIsBack);
      await delay(lengthMs);
      await loss.give(machine);
      machine.state = 'up';
      if (loss.as === 'cut') doubtAll();
      await Promise.all([writable, untilFrontsAreBack()]);
      await untilAllIsBack(machine, loss.memberWithinMs);
      return `${machine.name} ${role}`;
    };
  };

  const powerOff: Loss = {
    as: 'off',
    take: ({ number }) => control.kill(number),
    give: ({ number }) => control.start(number),
    memberWithinMs: LIMITS_MS.member,
  };

  /** A disk is not replaced: the member's data is deleted, by the command that the docs name. */
  async function bootEmpty(machine: Machine): Promise<void> {
    const { number, engine } = machine;
    // Otherwise the member would start with its old data first.
    const [manager] = reachable(cluster);
    await manager?.engine.docker(
      'service',
      'update',
      '--quiet',
      '--detach',
      '--replicas',
      '0',
      `${stack}_db-${number}`,
    );
    await control.start(number);
    await untilBack(notes, { what: `the manager of ${machine.name}`, withinMs: LIMITS_MS.front }, () =>
      engine.docker('node', 'ls').then(
        () => true,
        () => false,
      ),
    );
    const rebuild = operate(
      machine,
      'deploy/swarm/group.sh',
      'rebuild',
      '--force',
      '--timeout',
      `${SECONDS_OF_REBUILD}`,
    );
    // The Nginx of the machine is back long before.
    void rebuild.then(({ code, stderr }) => {
      if (code !== 0) notes.say(`group.sh rebuild ended with ${code}: ${stderr}`);
    });
  }

  return {
    'power-off-machine': loseOne(powerOff),
    'cut-machine': loseOne({
      as: 'cut',
      take: ({ number }) => control.cut(number),
      give: ({ number }) => control.heal(number),
      memberWithinMs: LIMITS_MS.member,
    }),
    'empty-machine': loseOne({ ...powerOff, give: bootEmpty, memberWithinMs: LIMITS_MS.rebuiltMember }),
    async 'lose-majority'({ choice, lengthMs }) {
      const kept = await pickMachine(choice);
      if (!kept) return undefined;
      const lost = machines.filter((machine) => machine !== kept);
      const databaseIsBack = notes.log.begin('database');
      await Promise.all(lost.map((machine) => lose(machine, { as: 'cut', take: ({ number }) => control.cut(number) })));
      await delay(lengthMs);
      const sinceMs = notes.nowMs();
      await Promise.all(lost.map(({ number }) => control.heal(number)));
      for (const machine of lost) machine.state = 'up';
      doubtAll();
      const restarted = await restartUnlessWhole(kept, sinceMs);
      await Promise.all([
        untilWritable('writes after the majority was back', sinceMs, LIMITS_MS.regained, databaseIsBack),
        untilFrontsAreBack(),
      ]);
      await Promise.all(lost.map((machine) => untilAllIsBack(machine, LIMITS_MS.member)));
      return `all but ${kept.name}; the group went on ${restarted ? 'after group.sh restart' : 'by itself'}`;
    },
  };

  /** The operator's part: only an operator may form a group again whose members have all left it. */
  async function restartUnlessWhole(machine: Machine, sinceMs: number): Promise<boolean> {
    while (notes.nowMs() - sinceMs < BY_ITSELF_WITHIN_MS) {
      if (await group.isWhole()) return false;
      await delay(1000);
    }
    const { code, stderr } = await operate(machine, 'deploy/swarm/group.sh', 'restart', '--timeout', '300');
    if (code !== 0) notes.say(`group.sh restart ended with ${code}: ${stderr}`);
    return true;
  }
}
