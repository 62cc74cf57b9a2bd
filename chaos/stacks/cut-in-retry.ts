import { delay } from '../../app/lib/delay.ts';
import { RESUMES_WITHIN_MS } from '../checkers/resumption.ts';
import type { RunContext } from './stack.ts';
import type { HoldCounter } from './stop-under-load.ts';

/** So many visits are sent again at once, so that each commit of the replica has one of them. */
export const RETRIED_VISITS = 6;

export interface CutInRetryOptions {
  /** Who is cut off. */
  name: string;
  lengthMs: number;
  holdCounter: HoldCounter;
  /** Loses its packets from and to the database, both ways and silently. @returns what ends that */
  cut: () => Promise<() => Promise<void>>;
  notes: RunContext;
}

/** Less than replicas wait for a lock (`innodb_lock_wait_timeout`). */
const HELD_MS = 1200;
/** In this time what is written next has come to wait for the lock. */
const HELD_BEFORE_CUT_MS = 600;

/**
 * Silently cuts off the replica or edge that waits for the counter's lock: it gets the lock when nothing can reach it any more. What was sent to
 * the server in one piece is then done by the server alone; a server that is still owed a statement, such as the ROLLBACK after
 * a retry, keeps the lock for as long as the session lasts.
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

/** Sends visits again to a replica, past its balancer, each under the request id it had, until that is stopped. */
export function startRetries(url: string, requestIds: readonly string[]): { stop(): Promise<void> } {
  const stopping = new AbortController();

  async function retry(requestId: string): Promise<void> {
    while (!stopping.signal.aborted) {
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(RETRY_TIMEOUT_MS)]);
      await fetch(url, { headers: { 'X-Request-ID': requestId }, signal }).then(
        (answer) => answer.text(),
        // One that gets no answer is of no interest: its visit was counted before.
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

/**
 * Whether a replica takes a request id that is sent from here: what is sent to one that does not would be a visit of its
 * own.
 */
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
