import { affinityVerdict } from '../../app/affinity/verdict.ts';
import type { Peer } from '../upstream/upstream.ts';
import type { Exchange } from './exchange.ts';

/**
 * Adds to a peer's response what the peer does not say itself: how the request's cookie compares to this peer, the peer's
 * address and the request id.
 */
export function addResponseFacts(headers: Headers, { affinityCookie, client }: Exchange, peer: Peer): void {
  setUnlessGiven(headers, 'X-Affinity', affinityVerdict(affinityCookie, peer.sid));
  setUnlessGiven(headers, 'X-Served-By', peer.address);
  setUnlessGiven(headers, 'X-Request-ID', client.requestId);
}

function setUnlessGiven(headers: Headers, name: string, value: string): void {
  if (!headers.get(name)) headers.set(name, value);
}
