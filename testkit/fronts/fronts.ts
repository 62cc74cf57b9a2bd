import { startNginxFront } from './nginx.ts';
import { startWorkerFront } from './worker.ts';

const STARTERS = { worker: startWorkerFront, nginx: startNginxFront };

/** What may stand in front of the replicas. */
export type FrontKind = keyof typeof STARTERS;

export interface FrontOptions {
  /** The replicas, in the words of `ORIGINS`. */
  peers: readonly string[];
  connectTimeoutMs?: number;
  readTimeoutMs?: number;
  /** Whether the affinity cookie is `secure`. */
  cookieSecure?: boolean;
  /** Whom it believes about its clients, as `TRUST_PROXY` says it: nobody by default. */
  trustProxy?: string;
}

/** The same with all that every front needs. */
export type FrontSettings = Required<Omit<FrontOptions, 'trustProxy'>> & Pick<FrontOptions, 'trustProxy'>;

/** A balancer that listens. */
export interface Front {
  url: string;
  /** What it said so far. */
  logs: string[];
  close(): Promise<void>;
}

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
