import { delay } from '../app/lib/delay.ts';
import { residentMb } from './memory.ts';

const SAMPLE_INTERVAL_MS = 250;

/**
 * Runs some work, and samples the memory of processes during the work and once more after it.
 *
 * @param pids called for each sample, because a process that died may have been replaced
 * @returns the result of the work, with the largest sample of any process, in megabytes; undefined where the system
 * does not report it
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
      await delay(SAMPLE_INTERVAL_MS, done.signal);
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
