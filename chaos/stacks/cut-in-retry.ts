import { delay } from '../../app/lib/delay.ts';
import { RESUMES_WITHIN_MS } from '../checkers/resumption.ts';
import type { RunContext } from './stack.ts';
import type { HoldCounter } from './stop-under-load.ts';

/** Number of visits that are retried at the same time, so that each commit of the replica contains one. */
export const RETRIED_VISITS = 6;

export interface CutInRetryOptions {
  /** Name of the process that is cut off. */
  name: string;
  lengthMs: number;
  holdCounter: HoldCounter;
  /** Drops all packets to and from the database silently. @returns a function that ends this */
  cut: () => Promise<() => Promise<void>>;
  notes: RunContext;
}

/** Shorter than replicas wait for a lock (`innodb_lock_wait_timeout`). */
const HELD_MS = 1200;
/** Within this time the next write waits for the lock. */
const HELD_BEFORE_CUT_MS = 600;

/**
 * Silently cuts off the replica or edge that waits for the counter's lock, so it gets the lock when it can reach
 * nothing any more. A transaction that was sent as one piece is then finished by the server alone. A server that still
 * waits for a statement, such as the ROLLBACK after a retry, keeps the lock as long as the session lasts.
 */
export async function cutInRetry({ name, lengthMs, holdCounter, cut, notes }: CutInRetryOptions): Promise<void> {
  const { letGo } = await holdCounter(HELD_MS);
  await delay(HELD_BEFORE_CUT_MS);
  const isUnlocked = notes.log.begin('database');
  const heal = await cut();
  const retryCut = { name, atMs: notes.nowMs(), untilMs: Number.POSITIVE_INFINITY };
  const unlocking = delay(RESUMES_WITHIN_MS).then(isUnlocked);
  await letGo;
  await delay(Math.max(lengthMs, RESUMES_WITHIN_MS));
  await unlocking;
  notes.retryCuts.push({ ...retryCut, untilMs: notes.nowMs() });
  await heal();
}

/** Sends visits directly to a replica under request ids that were counted before, repeatedly until `stop`. */
export function startRetries(url: string, requestIds: readonly string[]): { stop(): Promise<void> } {
  const stopping = new AbortController();

  async function retry(requestId: string): Promise<void> {
    while (!stopping.signal.aborted) {
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(RETRY_TIMEOUT_MS)]);
      await fetch(url, { headers: { 'X-Request-ID': requestId }, signal }).then(
        (answer) => answer.text(),
        // A failed request does not matter, because its visit was counted before.
        () => delay(RETRY_PAUSE_MS),
      );
    }
  }

  const retries = Promise.all(requestIds.map(retry));
  return {
    async stop() {
      stopping.abort();
      await retries;
    },
  };
}

const RETRY_TIMEOUT_MS = 5000;
const RETRY_PAUSE_MS = 50;

/** Whether a replica accepts request ids from this machine. If not, each retry would count as a new visit. */
export async function takesRequestId(url: string): Promise<boolean> {
  const id = `chaos-${Math.random().toString(36).slice(2)}`;
  try {
    const signal = AbortSignal.timeout(RETRY_TIMEOUT_MS);
    const answer = await fetch(`${url}/healthz`, { headers: { 'X-Request-ID': id }, signal });
    await answer.text();
    return answer.headers.get('X-Request-ID') === id;
  } catch {
    return false;
  }
}
