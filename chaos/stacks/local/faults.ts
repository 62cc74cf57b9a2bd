import { delay } from '../../../app/lib/delay.ts';
import type { FaultProxy } from '../../../testkit/network/fault-proxy.ts';
import type { PlannedFault } from '../../fault.ts';
import { pick, pickCount, pickDelayMs } from '../pick.ts';
import { type InjectFault, MISSING_ON_ONE_MACHINE, type Stack } from '../stack.ts';
import { stopUnderLoad } from '../stop-under-load.ts';
import { createLocalDatabaseFaults } from './database-faults.ts';
import type { LocalParts } from './parts.ts';
import type { LocalReplica } from './replica.ts';
import { AHEAD_SHARE, CLOCK_STEPS_BEYOND_RETENTION_SECONDS } from './step-clocks.ts';

/** Delay before a cut, so that requests are in flight when it happens. */
const CUT_DELAY_MS = 250;
/**
 * By then, a request sent at the start of the delay has arrived and was executed, and its response is on the way back.
 */
const CUT_AFTER_MS = 1.9 * CUT_DELAY_MS;
const CLOCK_STEPS_SECONDS = [-3600, -61, -1, 1, 61, 3600] as const;

export function createLocalFaults(parts: LocalParts): Pick<Stack, 'faults' | 'missing'> {
  const { database, notes } = parts;

  const present = () => parts.inService.filter((replica) => !replica.isAway());

  /** Applies `work` to one available replica. */
  const toOne = (work: (replica: LocalReplica, planned: PlannedFault) => Promise<string | undefined>): InjectFault => {
    return async (planned) => {
      const replica = pick(present(), planned.choice);
      if (!replica) return undefined;
      const detail = await work(replica, planned);
      return detail === undefined ? replica.sid : `${replica.sid}, ${detail}`;
    };
  };

  async function cut(gate: FaultProxy, { sid }: LocalReplica, { lengthMs }: PlannedFault): Promise<undefined> {
    const isBack = notes.log.begin('replica', sid);
    gate.delay(CUT_DELAY_MS);
    await delay(CUT_AFTER_MS);
    await gate.shut();
    await delay(lengthMs);
    gate.delay(0);
    await gate.open();
    isBack();
  }

  async function slowDown(gate: FaultProxy, { lengthMs, choice }: PlannedFault): Promise<string> {
    const delayMs = pickDelayMs(choice);
    gate.delay(delayMs);
    await delay(lengthMs);
    gate.delay(0);
    return `by ${delayMs} ms`;
  }

  async function scale({ choice }: PlannedFault): Promise<string> {
    const before = parts.inService;
    const count = pickCount(before.length, choice);
    const after = parts.replicas.slice(0, count);
    await Promise.all(after.slice(before.length).map((replica) => replica.start()));
    parts.inService = after;
    await Promise.all([parts.tellPeers(), ...before.slice(count).map((replica) => replica.stop())]);
    return `from ${before.length} to ${count}`;
  }

  async function stepFor(ms: number, stepMs: number): Promise<void> {
    const step = { stepMs, fromMs: notes.nowMs(), untilMs: Number.POSITIVE_INFINITY };
    notes.clockSteps.push(step);
    await parts.stepClocks(stepMs);
    await delay(ms);
    step.untilMs = notes.nowMs();
  }

  const faults: Stack['faults'] = {
    'kill-replica': toOne(async (replica, { lengthMs }) => {
      replica.kill();
      await delay(lengthMs);
      await replica.start();
      return undefined;
    }),
    async 'kill-all-replicas'({ lengthMs }) {
      for (const replica of parts.inService) replica.kill();
      await delay(lengthMs);
      await Promise.all(parts.inService.map((replica) => replica.start()));
      return `all ${parts.inService.length}`;
    },
    'pause-replica': toOne(async (replica, { lengthMs }) => {
      replica.pause();
      await delay(lengthMs);
      replica.resume();
      return undefined;
    }),
    'restart-replica': toOne(async (replica, { lengthMs }) => {
      await stopUnderLoad(database.holdCounter, replica.stop);
      await delay(lengthMs);
      await replica.start();
      return undefined;
    }),
    scale,
    'step-clock': toOne(async (replica, { lengthMs, choice }) => {
      const seconds = pick(CLOCK_STEPS_SECONDS, choice);
      await replica.stepClock(seconds * 1000);
      await delay(lengthMs);
      await replica.stepClock(0);
      return `by ${seconds} s and back`;
    }),
    'step-all-clocks': async ({ lengthMs, choice }) => {
      const seconds = pick(CLOCK_STEPS_BEYOND_RETENTION_SECONDS, choice);
      await stepFor(lengthMs * AHEAD_SHARE, seconds * 1000);
      await stepFor(lengthMs * (1 - AHEAD_SHARE), -seconds * 1000);
      await parts.stepClocks(0);
      return `by ${seconds} s ahead, then as much behind`;
    },
    'cut-database': toOne((replica, planned) => cut(replica.databaseGate, replica, planned)),
    'slow-database': toOne((replica, planned) => slowDown(replica.databaseGate, planned)),
    'cut-replica': toOne((replica, planned) => cut(replica.frontGate, replica, planned)),
    'slow-replica': toOne((replica, planned) => slowDown(replica.frontGate, planned)),
    async 'restart-front'({ lengthMs }) {
      const isBack = notes.log.begin('front', 'worker');
      parts.edge.kill();
      await delay(lengthMs);
      await parts.edge.start();
      isBack();
      return 'worker';
    },
  };
  const missing: Stack['missing'] = {
    ...MISSING_ON_ONE_MACHINE,
    'reload-front': 'the worker takes new peers without one',
    'update-and-up': 'the local stack has no containers',
  };
  const ofDatabase = createLocalDatabaseFaults(parts);
  return { faults: { ...faults, ...ofDatabase.faults }, missing: { ...missing, ...ofDatabase.missing } };
}
