import { setTimeout } from 'node:timers/promises';
import { UserError } from '../app/lib/user-error.ts';
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
  /** Which faults there are to be; all that the stack can have without it. */
  kinds?: readonly FaultKind[] | undefined;
  startStack: (notes: RunContext) => Promise<Stack>;
  /** Takes a line of what the stack's processes say. */
  say: (line: string) => void;
  watch: RunWatch;
  /** How long clients go on after the last fault. */
  calmMs?: number;
  /** Breaks the run off; what was started is taken down. */
  signal?: AbortSignal | undefined;
}

/** A run was broken off. */
export class InterruptedError extends UserError {
  override name = 'InterruptedError';
  override message = 'broken off; nothing was checked';
}

/** Is told how a run goes. */
export interface RunWatch {
  onStart(stack: Stack, plan: readonly PlannedFault[]): void;
  onFault(fault: FaultRecord): void;
  /** The stack could not be taken down as a whole. */
  onLeftOver(error: unknown): void;
  /** About once a second. */
  onProgress(elapsedMs: number, operations: readonly Operation[]): void;
}

/** What a stack notes until its end. */
type Noted = Pick<Evidence, 'deaths' | 'deliveries' | 'clockSteps' | 'retryCuts' | 'changes'>;

const PROGRESS_INTERVAL_MS = 1000;
/** After the last fault, and longer than it takes until what is back is known to be. */
const CALM_MS = 4000;

/**
 * Runs clients against a stack while a schedule hurts it, and gathers all there is to know about it.
 *
 * @throws {InterruptedError} when it is broken off
 */
export async function runChaos(options: RunOptions): Promise<Evidence> {
  const { seed, durationMs, clients: count, kinds, startStack, say, watch, calmMs = CALM_MS, signal } = options;
  let beginMs: number | undefined;
  const nowMs = () => (beginMs === undefined ? 0 : performance.now() - beginMs);
  const log = createOutageLog(nowMs);
  const [drains, operations]: [Drain[], Operation[]] = [[], []];
  const noted: Noted = { deaths: [], deliveries: [], clockSteps: [], retryCuts: [], changes: [] };
  const stack = await startStack({ log, drains, ...noted, nowMs, say });
  let progress: NodeJS.Timeout | undefined;
  try {
    const able = (Object.keys(stack.faults) as FaultKind[]).filter((kind) => kinds?.includes(kind) ?? true);
    const plan = createSchedule({ seed, durationMs, kinds: able });
    watch.onStart(stack, plan);
    beginMs = performance.now();
    const until = (atMs: number) => setTimeout(Math.max(0, atMs - nowMs()));
    const clients = startClients({
      count,
      fronts: stack.fronts,
      seed,
      nowMs,
      record: (operation) => operations.push(operation),
    });
    progress = setInterval(() => watch.onProgress(nowMs(), operations), PROGRESS_INTERVAL_MS);
    const injecting = injectFaults({ plan, stack, nowMs, endMs: durationMs, until, onFault: watch.onFault });
    const faults = await untilAborted(injecting, signal);
    await until(durationMs);
    await setTimeout(calmMs);
    await clients.stop();
    watch.onProgress(nowMs(), operations);
    // A stop that comes after all is no fault.
    const [outagesSoFar, drainsSoFar] = [log.outages.map((outage) => ({ ...outage })), [...drains]];
    const ledger = await stack.finish();
    const replicas = stack.replicas();
    return { operations, faults, outages: outagesSoFar, drains: drainsSoFar, ...noted, replicas, ledger };
  } finally {
    clearInterval(progress);
    // What was found out is worth more than what is left over.
    await stack.close().catch((error: unknown) => watch.onLeftOver(error));
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(new InterruptedError());
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
  });
  // Faults that are under way fail when the stack is taken down.
  work.catch(() => {});
  return Promise.race([work, aborted]);
}
