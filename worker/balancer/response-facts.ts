import type { Context } from 'hono';
import { affinityVerdict } from '../../app/affinity/verdict.ts';
import type { Peer } from '../upstream/upstream.ts';
import type { BalancerEnv } from './access-log.ts';

/**
 * Adds to a peer's response what the peer does not say itself: how the request's cookie compares to this peer, the peer's
 * address and the request id.
 */
export function addResponseFacts(c: Context<BalancerEnv>, headers: Headers, peer: Peer, requestId: string): void {
  const facts = {
    'X-Affinity': affinityVerdict(c.get('affinityCookie'), peer.sid),
    'X-Served-By': peer.address,
    'X-Request-ID': requestId,
  };
  for (const [name, value] of Object.entries(facts)) if (!headers.get(name)) headers.set(name, value);
}
