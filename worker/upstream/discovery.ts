import type { Log } from '../../app/lib/log.ts';
import { createMonotonicClock } from '../../app/lib/monotonic-clock.ts';
import { parsePeers } from './parse-peers.ts';
import type { Upstream } from './upstream.ts';

export interface DiscoveryOptions {
  /** Asks for the peers as they are now, in the words of `ORIGINS`. */
  readPeers: () => Promise<string>;
  upstream: Pick<Upstream, 'update'>;
  /** Lets work go on past the request that began it. */
  inBackground: (work: Promise<void>) => void;
  log: Log;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

/** The list is asked for again after this, by the first request that comes then. */
const READ_INTERVAL_MS = 1000;

/** Nobody is left to send a request to: not what whoever tells the peers can have meant. */
class NoPeersError extends Error {
  override name = 'NoPeersError';
  override message = 'the list of peers is empty';
}

/**
 * Keeps an upstream up to date with a list of peers that changes. A list that is wrong, empty or not to be had leaves the
 * last good one as it is.
 *
 * @returns what a request does before it picks a peer: only while nothing was read yet does it wait
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
    // Once a problem, not once a second.
    if (outcome !== undefined && outcome !== problem) log.error({ reason: outcome }, 'the peers stay as they were');
    problem = outcome;

    function take(text: string): string | undefined {
      // An answer that was overtaken by a newer one is no news.
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
    // Not one read for all who wait: a request of a worker may not wait for the work of another.
    if (newest === 0) await read();
    else if (isDue) inBackground(read());
  };
}
