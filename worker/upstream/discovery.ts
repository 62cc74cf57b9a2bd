import type { Log } from '../../app/lib/log.ts';
import { createMonotonicClock } from '../../app/lib/monotonic-clock.ts';
import { parsePeers } from './parse-peers.ts';
import type { Upstream } from './upstream.ts';

export interface DiscoveryOptions {
  /** Reads the current peers, in the format of `ORIGINS`. */
  readPeers: () => Promise<string>;
  upstream: Pick<Upstream, 'update'>;
  /** Keeps work running after the request that started it. */
  inBackground: (work: Promise<void>) => void;
  log: Log;
  monotonicMs?: () => number;
}

/** The first request after this interval reads the list again. */
const READ_INTERVAL_MS = 1000;

/** An empty list would leave no peer at all, which cannot be intended. */
class NoPeersError extends Error {
  override name = 'NoPeersError';
  override message = 'the list of peers is empty';
}

/**
 * Keeps an upstream up to date with a list of peers that changes. When the list is invalid, empty or cannot be read,
 * the last good one stays in use.
 *
 * @returns a function that a request calls before it selects a peer. It waits only as long as no list was read.
 */
export function discoverPeers(options: DiscoveryOptions): () => Promise<void> {
  const { readPeers, upstream, inBackground, log, monotonicMs = createMonotonicClock() } = options;
  let dueAtMs = Number.NEGATIVE_INFINITY;
  let started = 0;
  let newest = 0;
  let list: string | undefined;
  let problem: string | undefined;

  async function read(): Promise<void> {
    const turn = ++started;
    const outcome = await readPeers().then(take, (error: unknown) => String(error));
    newest = Math.max(newest, turn);
    // Log a problem once, not every second.
    if (outcome !== undefined && outcome !== problem) log.error({ reason: outcome }, 'peer list unchanged');
    problem = outcome;

    function take(text: string): string | undefined {
      // Ignore a response that a newer one has overtaken.
      if (turn < newest || text === list) return undefined;
      try {
        const peers = parsePeers(text);
        if (peers.length === 0) throw new NoPeersError();
        upstream.update(peers);
        list = text;
        log.info({ peers: peers.map(({ address, down }) => (down ? `${address} down` : address)) }, 'peers changed');
        return undefined;
      } catch (error) {
        return String(error);
      }
    }
  }

  return async () => {
    const isDue = monotonicMs() >= dueAtMs;
    if (isDue) dueAtMs = monotonicMs() + READ_INTERVAL_MS;
    // Each waiting request reads for itself: on Workers a request must not await the work of another request.
    if (newest === 0) await read();
    else if (isDue) inBackground(read());
  };
}
