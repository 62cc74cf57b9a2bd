import type { RunWatch } from './run.ts';
import { faultLine } from './verdict.ts';

export interface ProgressOptions {
  durationMs: number;
  /** Whether the output is a terminal, which then shows a bar. */
  isTerminal: boolean;
  write: (text: string) => void;
}

const BAR_WIDTH = 30;
/** Interval of the lines when there is no bar. */
const LINE_INTERVAL_MS = 30_000;

/** Creates a watch that prints a run's progress: a bar at the bottom of a terminal, otherwise a line at intervals. */
export function createProgress({ durationMs, isTerminal, write }: ProgressOptions): RunWatch {
  let bar = '';
  let nextLineAtMs = LINE_INTERVAL_MS;
  const line = (text: string) => write(isTerminal ? `\r\x1b[K${text}\n${bar}` : `${text}\n`);

  return {
    onStart({ about, missing }, plan) {
      line(about);
      const reasons = Map.groupBy(Object.entries(missing), ([, why]) => why);
      for (const [why, kinds] of reasons) line(`  without ${kinds.map(([kind]) => kind).join(', ')}: ${why}`);
      line(`up to ${plan.length} faults in ${durationMs / 1000} s:`);
    },
    onLeftOver: (error) => line(`cleanup failed: ${error instanceof Error ? error.message : error}`),
    onFault: (fault) => line(faultLine(fault)),
    onProgress(elapsedMs, operations) {
      const done = Math.min(1, elapsedMs / durationMs);
      const figures = `${Math.round(done * 100)} %, ${operations.length} requests`;
      if (isTerminal) {
        const filled = Math.round(done * BAR_WIDTH);
        bar = `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${figures}`;
        write(`\r\x1b[K${bar}`);
      } else if (elapsedMs >= nextLineAtMs) {
        nextLineAtMs += LINE_INTERVAL_MS;
        line(figures);
      }
    },
  };
}
