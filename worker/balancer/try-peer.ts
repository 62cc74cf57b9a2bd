import type { Context } from 'hono';
import type { Log } from '../../app/lib/log.ts';
import type { Peer, PeerSelection } from '../upstream/upstream.ts';
import type { EdgeFigures } from './edge-figures.ts';
import type { Exchange } from './exchange.ts';
import { createFailedTries } from './failed-tries.ts';
import { type ForwardOptions, forward } from './forward.ts';
import { type Answer, convertResponse, discard } from './peer-response.ts';
import type { RelayTimeouts } from './relay-body.ts';
import { clientClosedRequest, sendBodyError } from './request-errors.ts';
import { addResponseFacts } from './response-facts.ts';
import { decide, isFailedTry, type NextStep } from './retry.ts';

/** Result of one try at one peer: what the client gets, or what follows. `status` is the client's if nothing does. */
type TriedPeer = ({ next: 'answer' } & Answer) | { next: NextStep; status: 502 | 504 };

export interface TryPeerOptions {
  /** Returns the `Set-Cookie` header that sends the client to this peer from now on. */
  affinityCookie: (sid: string) => string;
  log: Log;
  figures: EdgeFigures | undefined;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs: () => number;
}

type TryPeer = (
  c: Context,
  exchange: Exchange,
  peer: Peer,
  selection: PeerSelection,
  options: ForwardOptions & Pick<RelayTimeouts, 'sendTimeoutMs'>,
) => Promise<TriedPeer>;

/**
 * Creates the function that tries one peer. The peer's connection count is decremented after a failure, or when the response
 * was sent in full.
 */
export function createTryPeer({ affinityCookie, log, figures, monotonicMs }: TryPeerOptions): TryPeer {
  const failedTries = createFailedTries({ log, monotonicMs });

  /** Puts the affinity cookie in front of the cookies that the response sets. */
  function moor(answer: Response, peer: Peer): void {
    const ownCookies = answer.headers.getSetCookie();
    // A cookie that is not UTF-8 must stay where it is: JavaScript cannot read its bytes, so it could not write them again.
    if (ownCookies.some((cookie) => cookie.includes('\ufffd'))) {
      answer.headers.append('Set-Cookie', affinityCookie(peer.sid));
      return;
    }
    answer.headers.set('Set-Cookie', affinityCookie(peer.sid));
    for (const cookie of ownCookies) answer.headers.append('Set-Cookie', cookie);
  }

  return async function tryPeer(c, exchange, peer, selection, options) {
    const served = () => selection.finish(peer, 'served');

    const startMs = monotonicMs();
    const outcome = await forward(peer, options).catch((error: unknown) => {
      // The request cannot be sent to a peer at all, which is not this peer's fault.
      served();
      throw error;
    });
    const tried = { isRetryable: !options.mustProbe, isLast: selection.triesLeft() <= 1 };
    if (outcome.kind === 'failure') return failed(outcome.reason, outcome);
    if (outcome.kind !== 'response') {
      served();
      const isGone = outcome.kind === 'clientClosedRequest';
      return { next: 'answer', response: isGone ? clientClosedRequest() : await sendBodyError(c, outcome.error) };
    }
    const { response, bodyBegan, requestSent } = outcome;
    const { readTimeoutMs, sendTimeoutMs } = options;
    try {
      if (isFailedTry(response.status, tried)) return unused(response, `answered ${response.status}`);
      const { response: answered, done } = await convertResponse(response, {
        readTimeoutMs,
        sendTimeoutMs,
        requestSent,
      });
      moor(answered, peer);
      addResponseFacts(answered.headers, exchange, peer);
      exchange.answeredBy = peer.address;
      figures?.tried(peer.address, 'answered', monotonicMs() - startMs);
      failedTries.answered(peer);
      // A response body that breaks off does not count as the peer's failure, as in Nginx. The client sees it break
      // off.
      if (!done) served();
      return { next: 'answer', response: answered, done: done?.then(served, served) };
    } catch (error) {
      // The runtime delivers some responses that it does not let a worker send: status 600, a duplicate
      // `Content-Length`.
      return unused(response, `unusable response: ${error}`);
    } finally {
      bodyBegan();
    }

    function unused(response: Response, reason: string): TriedPeer {
      c.executionCtx.waitUntil(discard(response));
      return failed(reason, { wasSent: true, timedOut: false });
    }

    function failed(reason: string, { wasSent, timedOut }: { wasSent: boolean; timedOut: boolean }): TriedPeer {
      const isRepeated = wasSent && !timedOut && tried.isRetryable && selection.repeat(peer);
      selection.finish(peer, 'failed');
      figures?.tried(peer.address, 'failed', monotonicMs() - startMs);
      failedTries.failed(peer, reason);
      const isLast = tried.isLast && !isRepeated;
      return { next: decide(wasSent, { ...tried, isLast }), status: timedOut ? 504 : 502 };
    }
  };
}
