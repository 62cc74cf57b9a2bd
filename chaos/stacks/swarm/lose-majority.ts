import { delay } from '../../../app/lib/delay.ts';
import type { Machine } from './cluster.ts';
import { LIMITS_MS } from './limits.ts';
import { doubtAllFronts, lose } from './lose.ts';
import type { SwarmParts } from './parts.ts';
import { untilFrontsAreBack, untilMachineIsBack, untilWritable } from './recover.ts';

/** A group that had lost its majority for a short time goes on by itself within this time. */
const BY_ITSELF_WITHIN_MS = 25_000;
const LOOK_INTERVAL_MS = 1000;

/**
 * Cuts all machines but one for a time.
 *
 * @returns what has happened, for the report
 */
export async function loseMajority(parts: SwarmParts, kept: Machine, lengthMs: number): Promise<string> {
  const { control, machines, notes } = parts.cluster;
  const lost = machines.filter((machine) => machine !== kept);
  const databaseIsBack = notes.log.begin('database');
  await Promise.all(lost.map((machine) => lose(parts, machine, 'cut')));
  await delay(lengthMs);
  const sinceMs = notes.nowMs();
  await Promise.all(lost.map(({ number }) => control.heal(number)));
  for (const machine of lost) machine.state = 'up';
  doubtAllFronts(parts);
  const isRestarted = await restartUnlessWhole(parts, kept, sinceMs);
  const writable = { what: 'writes after the majority was back', sinceMs, withinMs: LIMITS_MS.regained };
  await Promise.all([untilWritable(parts, writable, databaseIsBack), untilFrontsAreBack(parts)]);
  await Promise.all(lost.map((machine) => untilMachineIsBack(parts, machine, LIMITS_MS.member)));
  return `all but ${kept.name}; the group went on ${isRestarted ? 'after group.sh restart' : 'by itself'}`;
}

/** The operator's part: only an operator may form a group again whose members have all left it. */
async function restartUnlessWhole(
  { cluster, group, operate }: SwarmParts,
  machine: Machine,
  sinceMs: number,
): Promise<boolean> {
  const { notes } = cluster;
  while (notes.nowMs() - sinceMs < BY_ITSELF_WITHIN_MS) {
    if (await group.isWhole()) return false;
    await delay(LOOK_INTERVAL_MS);
  }
  const { code, stderr } = await operate(machine, 'deploy/swarm/group.sh', 'restart', '--timeout', '300');
  if (code !== 0) notes.say(`group.sh restart ended with ${code}: ${stderr}`);
  return true;
}
