import { delay } from '../../../app/lib/delay.ts';
import type { Machine } from './cluster.ts';
import { LIMITS_MS } from './limits.ts';
import { doubtAllFronts, lose } from './lose.ts';
import type { SwarmParts } from './parts.ts';
import { untilFrontsAreBack, untilMachineIsBack, untilWritable } from './recover.ts';
import { createSteady } from './steady.ts';

/** A group that had lost its majority for a short time goes on by itself within this time. */
const BY_ITSELF_WITHIN_MS = 25_000;
const LOOK_INTERVAL_MS = 1000;

/**
 * Cuts all machines but one for a time.
 *
 * @returns what has happened, for the report
 */
export async function loseMajority(parts: SwarmParts, kept: Machine, lengthMs: number): Promise<string> {
  const { group, steadyMs } = parts;
  const { control, machines, notes } = parts.cluster;
  const lost = machines.filter((machine) => machine !== kept);
  const databaseIsBack = notes.log.begin('database');
  await Promise.all(lost.map((machine) => lose(parts, machine, 'cut')));
  await delay(lengthMs);
  const sinceMs = notes.nowMs();
  await Promise.all(lost.map(({ number }) => control.heal(number)));
  for (const machine of lost) machine.state = 'up';
  doubtAllFronts(parts);
  const steady = createSteady(notes.nowMs, steadyMs);
  const isBack = async () => steady((await group.isSettled()) ? 'settled' : undefined);
  const writable = { what: 'writes after the majority was back', sinceMs, withinMs: LIMITS_MS.regained, isBack };
  const untilOver = untilWritable(parts, writable, databaseIsBack);
  const restarts = await standBy(parts, kept, untilOver);
  await untilFrontsAreBack(parts);
  await Promise.all(lost.map((machine) => untilMachineIsBack(parts, machine, LIMITS_MS.member)));
  return `all but ${kept.name}; the group went on ${restarts > 0 ? 'after group.sh restart' : 'by itself'}`;
}

/**
 * The operator's part: only an operator may form a group again whose members have all left it.
 *
 * @returns how many times that was necessary
 */
async function standBy({ cluster, group, operate }: SwarmParts, machine: Machine, untilOver: Promise<void>) {
  const { notes } = cluster;
  let isOver = false;
  void untilOver.finally(() => {
    isOver = true;
  });
  let restarts = 0;
  let withPrimaryMs = notes.nowMs();
  while (!isOver) {
    if ((await group.primary()) !== undefined) withPrimaryMs = notes.nowMs();
    if (notes.nowMs() - withPrimaryMs >= BY_ITSELF_WITHIN_MS) {
      restarts++;
      const { code, stderr } = await operate(machine, 'deploy/swarm/group.sh', 'restart', '--timeout', '300');
      if (code !== 0) notes.say(`group.sh restart ended with ${code}: ${stderr}`);
      withPrimaryMs = notes.nowMs();
    }
    await Promise.race([untilOver, delay(LOOK_INTERVAL_MS)]);
  }
  await untilOver;
  return restarts;
}
