import type { FrontOptions, FrontSettings, LoggedFront, SuiteFrontKind } from './front.ts';
import { startMiniflareFront } from './miniflare.ts';
import { startNginxFront } from './nginx.ts';
import { startWorkerFront } from './worker.ts';

const STARTERS: Record<SuiteFrontKind, (settings: FrontSettings) => Promise<LoggedFront>> = {
  worker: startWorkerFront,
  nginx: startNginxFront,
  miniflare: startMiniflareFront,
};

/** The fronts to test, from `AFFINITY_FRONTS`, separated by commas. Default: the worker alone. */
export const fronts = (process.env.AFFINITY_FRONTS ?? 'worker').split(',').map((word): SuiteFrontKind => {
  if (word in STARTERS) return word as SuiteFrontKind;
  throw new Error(`AFFINITY_FRONTS: expected ${Object.keys(STARTERS).join(' or ')}, got "${word}"`);
});

/**
 * Starts a front.
 *
 * @throws when it rejects its configuration
 */
export async function startFront(kind: SuiteFrontKind, options: FrontOptions): Promise<LoggedFront> {
  const {
    peers,
    connectTimeoutMs = 1000,
    readTimeoutMs = 10_000,
    cookieSecure = false,
    trustProxy = 'none',
    limits = {},
  } = options;
  return STARTERS[kind]({ peers, connectTimeoutMs, readTimeoutMs, cookieSecure, trustProxy, limits });
}
