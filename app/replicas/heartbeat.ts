import { errorSummary } from '../lib/error-summary.ts';
import type { Log } from '../lib/log.ts';
import type { ReplicaRegistry, ReplicaReport } from './registry.ts';

export interface HeartbeatOptions {
  replicas: Pick<ReplicaRegistry, 'report' | 'forget'>;
  /** Returns the report to write now. */
  report: () => ReplicaReport;
  /** Runs before the first report. When it fails, the report fails; both are retried with the next beat. */
  prepare?: () => Promise<void>;
  /**
   * Called when reporting starts to work or starts to fail. `atMs` is when the report began, in milliseconds since the
   * epoch.
   */
  onChange?: (isReporting: boolean, atMs: number) => void;
  /** Whether the database is known to be unavailable before the first report. False by default. */
  isAwayAtStart?: boolean;
  log: Log;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
  intervalMs?: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Reports periodically to the database that the replica is alive. */
export interface Heartbeat {
  start(): void;
  /** Reports now, so that the others learn of a change of state at once. */
  beat(): Promise<void>;
  /** Makes the last report, and stops. */
  stop(): Promise<void>;
  /** Whether the last report was written. */
  isReporting(): boolean;
  /** Whether the last report failed; before the first one, whether the database was unavailable at the start. */
  isAway(): boolean;
  /** Waits for the first report, unless the database was unavailable at the start. Resolves with whether the last one was written. */
  isDatabaseWritable(): Promise<boolean>;
  /** Call it when another database call failed: an outage shorter than the interval of reports shows only there. */
  databaseFailed(): void;
  /**
   * Whether the last report failed, or anything failed less than `RECOVERY_MS` ago. Replicas notice at different times that
   * the database is back.
   */
  isRecovering(): boolean;
}

/** Longer than the interval of reports, so that by then every other replica has noticed, too, that the database is back. */
export const RECOVERY_MS = 3000;

/** Rows of replicas that are long gone are deleted once in this many beats. */
const FORGET_EVERY = 60;

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { replicas, report, prepare, onChange = () => {}, log, nowMs = Date.now, intervalMs = 1000 } = options;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  let isPrepared = prepare === undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let inFlight: Promise<void> | undefined;
  // False from the start makes the first report that succeeds the end of an outage.
  let isReporting = options.isAwayAtStart ? false : undefined;
  let lastFailureMs = Number.NEGATIVE_INFINITY;
  let beats = 0;

  async function write(): Promise<void> {
    const atMs = nowMs();
    const wasReporting = isReporting;
    try {
      if (!isPrepared) await prepare?.();
      isPrepared = true;
      await replicas.report(report());
      isReporting = true;
      if (wasReporting === false) {
        lastFailureMs = monotonicMs();
        log.info({}, 'self-report resumed');
      }
      if (wasReporting !== true) onChange(true, atMs);
    } catch (error) {
      // Logged once, not every second: the dashboard shows when the replica goes and comes back.
      isReporting = false;
      if (wasReporting !== false) log.error({ cause: errorSummary(error) }, 'self-report failed');
      if (wasReporting !== false) onChange(false, atMs);
      return;
    }
    // A failure is harmless: the old rows just stay a while longer.
    if (beats++ % FORGET_EVERY === 0) await replicas.forget().catch(() => {});
  }

  /** Reports run one after the other, so that an older one never overwrites a newer one. */
  function beat(): Promise<void> {
    const previous = inFlight ?? Promise.resolve();
    const next = previous.then(write).finally(() => {
      if (inFlight === next) inFlight = undefined;
    });
    inFlight = next;
    return next;
  }

  return {
    start() {
      if (options.isAwayAtStart) onChange(false, nowMs());
      void beat();
      // Skip the beat while one is still running, so that reports do not pile up when the database hangs.
      timer = setInterval(() => inFlight ?? beat(), intervalMs);
    },
    beat,
    async stop() {
      clearInterval(timer);
      await beat();
    },
    isReporting: () => isReporting === true,
    isAway: () => isReporting === false,
    async isDatabaseWritable() {
      if (isReporting === undefined) await inFlight;
      return isReporting === true;
    },
    databaseFailed() {
      lastFailureMs = monotonicMs();
    },
    isRecovering: () => isReporting === false || monotonicMs() - lastFailureMs < RECOVERY_MS,
  };
}
