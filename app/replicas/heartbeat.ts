import { errorSummary } from '../lib/error-summary.ts';
import type { Log } from '../lib/log.ts';
import type { ReplicaRegistry, ReplicaReport } from './registry.ts';

export interface HeartbeatOptions {
  replicas: Pick<ReplicaRegistry, 'report' | 'forget'>;
  /** What the replica has to say at this moment. */
  report: () => ReplicaReport;
  /** Runs before the first report. When it fails, the report fails, and both are tried again with the next beat. */
  prepare?: () => Promise<void>;
  /** Receives each change: whether the database took the report that was begun at `atMs` (since the epoch). */
  onChange?: (isReporting: boolean, atMs: number) => void;
  log: Log;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
  intervalMs?: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** A replica's word to the others that it is there. */
export interface Heartbeat {
  start(): void;
  /** Reports now, so that a change of state is known at once. */
  beat(): Promise<void>;
  /** Makes the last report. */
  stop(): Promise<void>;
  /** Whether the database took the last report. */
  isReporting(): boolean;
  /** Whether the database did not take the last report. */
  isAway(): boolean;
  /** Waits for the first report, and resolves with whether the database took the last one. */
  isDatabaseWritable(): Promise<boolean>;
  /** A call to the database failed between two reports: an outage that is shorter than their interval shows by this alone. */
  databaseFailed(): void;
  /**
   * Whether the database did not take the last report, or something failed less than `RECOVERY_MS` ago. Replicas notice at
   * different times that the database is back.
   */
  isRecovering(): boolean;
}

/** Longer than the interval of reports: after this time every other replica has noticed, too, that the database is back. */
export const RECOVERY_MS = 3000;

/** How often rows of replicas that are long gone are looked for, in beats. */
const FORGET_EVERY = 60;

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { replicas, report, prepare, onChange = () => {}, log, nowMs = Date.now, intervalMs = 1000 } = options;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  let isPrepared = prepare === undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let underWay: Promise<void> | undefined;
  let isReporting: boolean | undefined;
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
        log.info({}, 'the replica reports itself again');
      }
      if (wasReporting !== true) onChange(true, atMs);
    } catch (error) {
      // Said once and not each second: the dashboard sees the replica go, and come back.
      isReporting = false;
      if (wasReporting !== false) log.error({ cause: errorSummary(error) }, 'the replica cannot report itself');
      if (wasReporting !== false) onChange(false, atMs);
      return;
    }
    // Rows that stay a while longer are in nobody's way.
    if (beats++ % FORGET_EVERY === 0) await replicas.forget().catch(() => {});
  }

  /** One after the other, so that an older report never comes after a newer one. */
  function beat(): Promise<void> {
    const previous = underWay ?? Promise.resolve();
    const next = previous.then(write).finally(() => {
      if (underWay === next) underWay = undefined;
    });
    underWay = next;
    return next;
  }

  return {
    start() {
      void beat();
      // While the database hangs, reports do not pile up.
      timer = setInterval(() => underWay ?? beat(), intervalMs);
    },
    beat,
    async stop() {
      clearInterval(timer);
      await beat();
    },
    isReporting: () => isReporting === true,
    isAway: () => isReporting === false,
    async isDatabaseWritable() {
      if (isReporting === undefined) await underWay;
      return isReporting === true;
    },
    databaseFailed() {
      lastFailureMs = monotonicMs();
    },
    isRecovering: () => isReporting === false || monotonicMs() - lastFailureMs < RECOVERY_MS,
  };
}
