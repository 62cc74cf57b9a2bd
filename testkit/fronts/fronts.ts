import type { Front, FrontOptions } from './front.ts';
import { startNginxFront } from './nginx.ts';
import { startWorkerFront } from './worker.ts';

const STARTERS = { worker: startWorkerFront, nginx: startNginxFront };

/** What may stand in front of the replicas. */
export type FrontKind = keyof typeof STARTERS;

/** The fronts to test, named in `AFFINITY_FRONTS` with commas between: the worker alone unless it says more. */
export const fronts = (process.env.AFFINITY_FRONTS ?? 'worker').split(',').map((word): FrontKind => {
  if (word in STARTERS) return word as FrontKind;
  throw new Error(`AFFINITY_FRONTS: expected ${Object.keys(STARTERS).join(' or ')}, got "${word}"`);
});

/**
 * Starts a front.
 *
 * @throws when it refuses its configuration
 */
export async function startFront(kind: FrontKind, options: FrontOptions): Promise<Front> {
  const { peers, connectTimeoutMs = 1000, readTimeoutMs = 10_000, cookieSecure = false, trustProxy = 'none' } = options;
  return STARTERS[kind]({ peers, connectTimeoutMs, readTimeoutMs, cookieSecure, trustProxy });
}
