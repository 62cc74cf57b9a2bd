import type { Context } from 'hono';
import type { Log } from '../../app/lib/log.ts';
import type { Peer, PeerSelection } from '../upstream/upstream.ts';
import { type ForwardOptions, forward, type Outcome } from './forward.ts';
import { type Answer, convertResponse, discard } from './peer-response.ts';

/**
 * Result of one try at one peer. `passedOver` is a response that the client does not get, because another peer may do
 * better.
 */
type TriedPeer = ({ kind: 'answer' } & Answer) | { kind: 'passedOver' } | Exclude<Outcome, { kind: 'response' }>;

/** The status that counts as a failed try, as in Nginx's `proxy_next_upstream error timeout http_503`. */
const NEXT_UPSTREAM_STATUS = 503;

export interface TryPeerOptions {
  /** Returns the `Set-Cookie` header that sends the client to this peer from now on. */
  affinityCookie: (sid: string) => string;
  log: Log;
}

type TryPeer = (c: Context, peer: Peer, selection: PeerSelection, options: ForwardOptions) => Promise<TriedPeer>;

/**
 * Creates the function that tries one peer. The peer's connection count is decremented after a failure, or when the response
 * was sent in full.
 */
export function createTryPeer({ affinityCookie, log }: TryPeerOptions): TryPeer {
  /** Puts the affinity cookie in front of the cookies that the response sets. */
  function moor(answer: Response, peer: Peer): void {
    const ownCookies = answer.headers.getSetCookie();
    answer.headers.set('Set-Cookie', affinityCookie(peer.sid));
    for (const cookie of ownCookies) answer.headers.append('Set-Cookie', cookie);
  }

  return async function tryPeer(c, peer, selection, options) {
    const outcome = await forward(peer, options);
    if (outcome.kind === 'clientClosedRequest' || outcome.kind === 'bodyFailed') {
      selection.finish(peer, 'served');
      return outcome;
    }
    if (outcome.kind === 'failure') return failed(outcome);
    const { response } = outcome;
    if (isFailedTry(response, selection, !options.mustProbe)) {
      c.executionCtx.waitUntil(discard(response));
      failed({ reason: `answered ${response.status}` });
      return { kind: 'passedOver' };
    }
    try {
      const { response: answered, done } = await convertResponse(response);
      moor(answered, peer);
      const served = () => selection.finish(peer, 'served');
      // A response body that breaks off does not count as the peer's failure, as in Nginx. The client sees it break
      // off.
      if (!done) served();
      return { kind: 'answer', response: answered, done: done?.then(served, served) };
    } catch (error) {
      // The runtime delivers some responses that it does not let a worker send: status 600, a duplicate
      // `Content-Length`.
      c.executionCtx.waitUntil(discard(response));
      return failed({
        kind: 'failure' as const,
        wasSent: true,
        timedOut: false,
        reason: `unusable response: ${error}`,
      });
    }

    function failed<T extends { reason: string }>(failure: T): T {
      selection.finish(peer, 'failed');
      log.error({ peer: peer.address, reason: failure.reason }, 'upstream failed');
      return failure;
    }
  };
}

function isFailedTry(response: Response, selection: PeerSelection, isRetryable: boolean): boolean {
  // The client gets the last peer's response, whatever its status.
  return response.status === NEXT_UPSTREAM_STATUS && isRetryable && selection.triesLeft() > 1;
}
