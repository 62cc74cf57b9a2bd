import type { Log } from '../../app/lib/log.ts';
import { createLogQuota, notLogged } from '../../app/lib/log-quota.ts';
import type { Peer } from '../upstream/upstream.ts';

export interface FailedTriesOptions {
  log: Log;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs: () => number;
}

/** Logs tries that fail, and when a peer that they failed at serves again. */
export interface FailedTries {
  failed(peer: Peer, reason: string): void;
  /** Called with each try that does not fail. */
  answered(peer: Peer): void;
}

/** All failures are logged while they are rare; those at a dead peer under load once a second. */
const LOGGED_FAILURES = { linesPerSecond: 1, burst: 10 };
/** A peer at which only some tries fail would otherwise log its end again and again. */
const ENDED_AFTER_MS = 2000;

export function createFailedTries({ log, monotonicMs }: FailedTriesOptions): FailedTries {
  const quota = createLogQuota({ ...LOGGED_FAILURES, monotonicMs });
  const failing = new WeakMap<Peer, { count: number; lastMs: number }>();

  return {
    failed(peer, reason) {
      const count = (failing.get(peer)?.count ?? 0) + 1;
      failing.set(peer, { count, lastMs: monotonicMs() });
      const leftOut = quota.take(peer.address);
      if (leftOut !== undefined) log.error({ peer: peer.address, reason, ...notLogged(leftOut) }, 'upstream failed');
    },
    answered(peer) {
      const failures = failing.get(peer);
      if (!failures || monotonicMs() - failures.lastMs < ENDED_AFTER_MS) return;
      failing.delete(peer);
      log.info({ peer: peer.address, failedTries: failures.count }, 'upstream answers again');
    },
  };
}
