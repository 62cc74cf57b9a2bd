import { delay } from '../../app/lib/delay.ts';
import { RESUMES_WITHIN_MS } from '../checkers/resumption.ts';
import type { RunContext } from './stack.ts';
import type { HoldCounter } from './stop-under-load.ts';

/** Number of visits that are retried at the same time, so that each commit of the replica contains one. */
export const RETRIED_VISITS = 6;

/** The connections of a replica or the edge to the database. */
export interface DatabasePath {
  /** Drops all packets silently. */
  vanish(): unknown;
  reappear(): unknown;
}

interface CutOptions {
  lengthMs: number;
  path: DatabasePath;
  holdCounter: HoldCounter;
  notes: RunContext;
}

export interface ReplicaCutOptions extends CutOptions {
  name: string;
  sid: string;
  /** `ip:port`. */
  address: string;
  /** Returns the request ids of the last visits. */
  lastRequestIds: () => Promise<readonly string[]>;
}

export interface EdgeCutOptions extends CutOptions {
  /** The server ids of the replicas that the edge can reach. */
  sids: readonly string[];
  /** Cuts the edge off from its replicas. */
  shutPeers(): Promise<unknown>;
  openPeers(): Promise<unknown>;
}

/** Shorter than replicas wait for a lock (`innodb_lock_wait_timeout`). */
const HELD_MS = 1200;
/** Within this time the next write waits for the lock. */
const HELD_BEFORE_CUT_MS = 600;
/** How long the edge serves visits itself before it is cut off. */
const TAKEOVER_MS = 500;

/** Cuts off a replica. @returns whether it accepts request ids from this machine; if not, nothing is done */
export async function cutReplicaInRetry(options: ReplicaCutOptions): Promise<boolean> {
  const { name, sid, address, lastRequestIds, notes, path } = options;
  const url = `http://${address}`;
  if (!(await takesRequestId(url))) return false;
  const retries = startRetries(`${url}/`, await lastRequestIds());
  let isBack = () => {};
  await cutInRetry(name, options, async () => {
    isBack = notes.log.begin('replica', sid);
    await path.vanish();
    void retries.stop();
  });
  isBack();
  return true;
}

/** Cuts off the edge. It writes only while it can reach no replica. */
export async function cutEdgeInRetry(options: EdgeCutOptions): Promise<void> {
  const { sids, shutPeers, openPeers, notes, path } = options;
  const areBack = sids.map((sid) => notes.log.begin('replica', sid));
  await shutPeers();
  await delay(TAKEOVER_MS);
  await cutInRetry('the edge', options, async () => {
    await path.vanish();
    await openPeers();
    for (const isBack of areBack) isBack();
  });
}

/**
 * Silently cuts off the replica or edge that waits for the counter's lock, so it gets the lock when it can reach
 * nothing any more. A transaction that was sent as one piece is then finished by the server alone. A server that still
 * waits for a statement, such as the ROLLBACK after a retry, keeps the lock as long as the session lasts.
 */
async function cutInRetry(
  name: string,
  { lengthMs, holdCounter, notes, path }: CutOptions,
  cut: () => Promise<void>,
): Promise<void> {
  const { letGo } = await holdCounter(HELD_MS);
  await delay(HELD_BEFORE_CUT_MS);
  const isUnlocked = notes.log.begin('database');
  await cut();
  const retryCut = { name, atMs: notes.nowMs(), untilMs: Number.POSITIVE_INFINITY };
  const unlocking = delay(RESUMES_WITHIN_MS).then(() => isUnlocked());
  await letGo;
  await delay(Math.max(lengthMs, RESUMES_WITHIN_MS));
  await unlocking;
  notes.retryCuts.push({ ...retryCut, untilMs: notes.nowMs() });
  await path.reappear();
}

/** Sends visits directly to a replica under request ids that were counted before, repeatedly until `stop`. */
function startRetries(url: string, requestIds: readonly string[]): { stop(): Promise<void> } {
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
async function takesRequestId(url: string): Promise<boolean> {
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
