import type { FrontKind, FrontOptions, FrontSettings, LoggedFront } from './front.ts';
import { startNginxFront } from './nginx.ts';
import { startWorkerFront } from './worker.ts';

const STARTERS: Record<FrontKind, (settings: FrontSettings) => Promise<LoggedFront>> = {
  worker: startWorkerFront,
  nginx: startNginxFront,
};

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
export async function startFront(kind: FrontKind, options: FrontOptions): Promise<LoggedFront> {
  const { peers, connectTimeoutMs = 1000, readTimeoutMs = 10_000, cookieSecure = false, trustProxy = 'none' } = options;
  return STARTERS[kind]({ peers, connectTimeoutMs, readTimeoutMs, cookieSecure, trustProxy });
}
