import { cachedRead } from '../lib/cached-read.ts';
import { type EdgeView, viewEdge } from '../replicas/edge-report.ts';

/** A snapshot waits for the edge no longer than this. */
const READ_TIMEOUT_MS = 500;

/** An edge that did not answer is asked again after this time: it may not run at all. */
const RETRY_AFTER_MS = 5000;

export interface EdgeReaderOptions {
  /** Where the edge has its metrics. */
  host: string;
  port: number;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** Returns a function that reads what the edge has counted; undefined while it does not answer. */
export function createEdgeReader({ host, port, ...clock }: EdgeReaderOptions): () => Promise<EdgeView | undefined> {
  const url = `http://${host}:${port}/figures`;

  async function read(): Promise<EdgeView | undefined> {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(READ_TIMEOUT_MS), redirect: 'error' });
      return viewEdge(await response.json());
    } catch {
      return undefined;
    }
  }

  return cachedRead({ read, maxAgeMs: (view) => (view ? 0 : RETRY_AFTER_MS), usePrevious: true, ...clock });
}
