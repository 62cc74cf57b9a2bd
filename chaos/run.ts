import { delay } from '../app/lib/delay.ts';
import { untilAborted } from '../app/lib/until-aborted.ts';
import { startClients } from './clients.ts';
import type { FaultKind, FaultRecord, PlannedFault } from './fault.ts';
import type { Evidence, Operation } from './history.ts';
import { injectFaults } from './nemesis.ts';
import { createOutageLog, type Drain } from './outages.ts';
import { createSchedule } from './schedule.ts';
import type { RunContext, Stack } from './stacks/stack.ts';

export interface RunOptions {
  seed: number;
  durationMs: number;
  clients: number;
  /** The kinds of faults; by default all that the stack supports. */
  kinds?: readonly FaultKind[] | undefined;
  startStack: (notes: RunContext) => Promise<Stack>;
  /** Called with each line that the stack's processes print. */
  say: (line: string) => void;
  watch: RunWatch;
  /** How long clients continue after the last fault. */
  calmMs?: number;
  /** Interrupts the run. Everything started is stopped. */
  signal?: AbortSignal | undefined;
}

/** Receives the progress of a run. */
export interface RunWatch {
  onStart(stack: Stack, plan: readonly PlannedFault[]): void;
  onFault(fault: FaultRecord): void;
  /** Called when a part of the stack could not be removed. */
  onLeftOver(error: unknown): void;
  /** Called about once a second. */
  onProgress(elapsedMs: number, operations: readonly Operation[]): void;
}

/** What a stack records until its end. */
type Noted = Pick<Evidence, 'deaths' | 'deliveries' | 'clockSteps' | 'retryCuts' | 'changes' | 'recoveries'>;

const PROGRESS_INTERVAL_MS = 1000;
/** Time after the last fault. It is longer than the grace period after a recovery. */
const CALM_MS = 4000;

/**
 * Runs clients against a stack while a schedule injects faults, and returns everything recorded.
 *
 * @throws the signal's reason when the run is interrupted
 */
export async function runChaos(options: RunOptions): Promise<Evidence> {
  const { seed, durationMs, clients: count, kinds, startStack, say, watch, calmMs = CALM_MS, signal } = options;
  let beginMs: number | undefined;
  const nowMs = () => (beginMs === undefined ? 0 : performance.now() - beginMs);
  const log = createOutageLog(nowMs);
  const [drains, operations]: [Drain[], Operation[]] = [[], []];
  const noted: Noted = { deaths: [], deliveries: [], clockSteps: [], retryCuts: [], changes: [], recoveries: [] };
  const stack = await startStack({ log, drains, ...noted, nowMs, say });
  let progress: NodeJS.Timeout | undefined;
  try {
    const able = (Object.keys(stack.faults) as FaultKind[]).filter((kind) => kinds?.includes(kind) ?? true);
    const plan = createSchedule({ seed, durationMs, kinds: able });
    watch.onStart(stack, plan);
    beginMs = performance.now();
    const until = (atMs: number) => delay(Math.max(0, atMs - nowMs()));
    const clients = startClients({
      count,
      fronts: stack.fronts,
      seed,
      nowMs,
      record: (operation) => operations.push(operation),
    });
    progress = setInterval(() => watch.onProgress(nowMs(), operations), PROGRESS_INTERVAL_MS);
    const injecting = injectFaults({ plan, stack, nowMs, endMs: durationMs, until, onFault: watch.onFault });
    // After an interruption, faults in progress fail when the stack is removed.
    const faults = await (signal ? untilAborted(injecting, signal) : injecting);
    await until(durationMs);
    await delay(calmMs);
    await clients.stop();
    watch.onProgress(nowMs(), operations);
    // Copy the records now: the stops at the end are no faults.
    const [outagesSoFar, drainsSoFar] = [log.outages.map((outage) => ({ ...outage })), [...drains]];
    const ledger = await stack.finish();
    const replicas = stack.replicas();
    return { operations, faults, outages: outagesSoFar, drains: drainsSoFar, ...noted, replicas, ledger };
  } finally {
    clearInterval(progress);
    // An error here must not discard the results.
    await stack.close().catch((error: unknown) => watch.onLeftOver(error));
  }
}
