import type { Front, FrontOptions } from './front.ts';
import { startNginxFront } from './nginx.ts';
import { startWorkerFront } from './worker.ts';

const STARTERS = { worker: startWorkerFront, nginx: startNginxFront };

export type FrontKind = keyof typeof STARTERS;

/** The fronts to test, from `AFFINITY_FRONTS`, separated by commas. Default: the worker alone. */
export const fronts = (process.env.AFFINITY_FRONTS ?? 'worker').split(',').map((word): FrontKind => {
  if (word in STARTERS) return word as FrontKind;
  throw new Error(`AFFINITY_FRONTS: expected ${Object.keys(STARTERS).join(' or ')}, got "${word}"`);
});

/**
 * Starts a front.
 *
 * @throws when it rejects its configuration
 */
export async function startFront(kind: FrontKind, options: FrontOptions): Promise<Front> {
  const { peers, connectTimeoutMs = 1000, readTimeoutMs = 10_000, cookieSecure = false, trustProxy = 'none' } = options;
  return STARTERS[kind]({ peers, connectTimeoutMs, readTimeoutMs, cookieSecure, trustProxy });
}
