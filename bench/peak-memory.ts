import { setTimeout } from 'node:timers/promises';
import { residentMb } from './memory.ts';

const SAMPLE_INTERVAL_MS = 250;

/**
 * Does some work, and looks meanwhile, and once more when it is done, how much memory processes have.
 *
 * @param pids asked for each time: one that died may have come back as another
 * @returns what came of the work, with the most that the largest of them had at any time, in megabytes; undefined where the
 * system does not tell it
 */
export async function withPeakMemory<T extends object>(
  pids: () => readonly number[],
  work: () => Promise<T>,
): Promise<T & { residentMb: number | undefined }> {
  let peakMb: number | undefined;
  async function sample(): Promise<void> {
    const nowMb = await residentMb(pids());
    if (nowMb !== undefined) peakMb = Math.max(peakMb ?? 0, nowMb);
  }

  const done = new AbortController();
  async function sampleUntilDone(): Promise<void> {
    while (!done.signal.aborted) {
      await sample();
      await setTimeout(SAMPLE_INTERVAL_MS, undefined, { signal: done.signal }).catch(() => {});
    }
  }

  const sampling = sampleUntilDone();
  try {
    const result = await work();
    await sample();
    return { ...result, residentMb: peakMb };
  } finally {
    done.abort();
    await sampling;
  }
}
