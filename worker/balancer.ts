import { type Context, Hono } from 'hono';
import { readAffinityCookie } from '../origin/affinity-cookie.ts';
import { createAffinityCookie } from '../origin/affinity-set-cookie.ts';
import { newRequestId } from '../origin/caller.ts';
import type { Log } from '../origin/log.ts';
import { negotiate } from '../origin/negotiate.ts';
import { refuse } from '../origin/refuse.ts';
import type { Peer, PeerWalk, Upstream } from './affinity/upstream.ts';
import { forward, type Outcome } from './forward.ts';
import { hasTooLargeHeaders } from './header-bounds.ts';
import { dropConnectionHeaders, onwardHeaders } from './onward-headers.ts';
import { passThrough } from './pass-through.ts';
import { relayWebSocket } from './relay-websocket.ts';
import { takeBody } from './replayable-body.ts';
import type { Takeover } from './takeover.ts';
import { tellUnanswered } from './unanswered.ts';

export interface BalancerOptions {
  upstream: Upstream;
  /** What a request waits for before its peer is picked. */
  beforeWalk?: () => Promise<void>;
  /** Serves a request that no peer could answer; without it the client is told so. */
  takeOver?: Takeover;
  /** Builds the `Set-Cookie` that moors a client to a peer. */
  affinityCookie?: (sid: string) => string;
  clientIp: (c: Context) => string;
  connectTimeoutMs: number;
  readTimeoutMs: number;
  log: Log;
}

/** Methods Nginx never sends to a second peer once the first may have seen them (`proxy_next_upstream non_idempotent`). */
const NEVER_SENT_TWICE = new Set(['POST', 'PATCH', 'LOCK']);

/** What Nginx's `proxy_next_upstream error timeout http_503` takes for a failed try. */
const NEXT_UPSTREAM_STATUS = 503;

/**
 * Builds the edge: an app that hands each request to a peer of the upstream, the client's own one where it can, and moors
 * the client to the peer that answered.
 */
export function createBalancer(options: BalancerOptions): Hono {
  const { upstream, beforeWalk, takeOver, clientIp, connectTimeoutMs, readTimeoutMs, log } = options;
  const affinityCookie = options.affinityCookie ?? createAffinityCookie({ secure: false });
  const app = new Hono();

  app.on('TRACE', '*', (c) => {
    // Nginx refuses it, too: an echo of the request would show scripts the cookies they must not see.
    c.header('Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
    return negotiate(c, { text: 'TRACE is not allowed.', json: { error: { status: 405 } } }, 405);
  });

  app.all('*', (c) => {
    // Two `Host` lines, or one that is no host: there is no URL then, and Nginx refuses it likewise.
    const url = URL.parse(c.req.url);
    if (!url) return refuse(c, 400, 'The host of this request is none.');
    if (hasTooLargeHeaders(c.req.raw)) return refuse(c, 431, 'The headers of this request are too large.');
    const answered = balance(c, url);
    // The runtime drops what it does for a client that leaves, and the peer would be left with a request too many.
    c.executionCtx.waitUntil(answered);
    return answered;
  });

  async function balance(c: Context, url: URL): Promise<Response> {
    const { method, signal: clientSignal } = c.req.raw;
    const { pathname, search, protocol, host } = url;
    const body = await takeBody(c.req.raw).catch(() => undefined);
    if (!body) return clientLeft();
    const mayResend = body.isReplayable && !NEVER_SENT_TWICE.has(method);
    const scheme = protocol.slice(0, -1);
    const headers = onwardHeaders(c.req.raw, { clientIp: clientIp(c), scheme, host, requestId: newRequestId() });
    const giveUp = (status: 502 | 504, lastPeer: Peer | undefined) =>
      // The client keeps the cookie it has: its peer may be back for its next request.
      takeOver ? takeOver(new Request(url, { method, headers })) : fail(c, status, lastPeer);
    await beforeWalk?.();
    const walk = upstream.startWalk(readAffinityCookie(c.req.header('Cookie')));
    let lastPeer: Peer | undefined;

    for (let peer = walk.next(); peer; peer = walk.next()) {
      lastPeer = peer;
      const outcome = await forward(peer, {
        method,
        headers,
        body: body.content,
        target: pathname + search,
        mustProbe: !mayResend,
        clientSignal,
        connectTimeoutMs,
        readTimeoutMs,
      });
      if (outcome.kind === 'clientLeft') {
        walk.finish(peer, 'served');
        return clientLeft();
      }
      if (outcome.kind === 'response' && !isFailedTry(outcome.response, walk, mayResend)) {
        return answer(c, outcome.response, peer, walk);
      }
      walk.finish(peer, 'failed');
      log.error({ peer: peer.address, reason: reasonOf(outcome) }, 'upstream failed');
      if (outcome.kind === 'response') c.executionCtx.waitUntil(discard(outcome.response));
      else if (walk.triesLeft() === 0 || (outcome.wasSent && !mayResend)) {
        const status = outcome.timedOut ? 504 : 502;
        // A peer may have done already what the request asks for, and it is not to be done twice.
        return outcome.wasSent && !mayResend ? fail(c, status, peer) : giveUp(status, peer);
      }
    }
    return giveUp(502, lastPeer);
  }

  /** Answers with the peer's response as it comes; the peer is done with the request when the last byte is through. */
  async function answer(c: Context, response: Response, peer: Peer, walk: PeerWalk): Promise<Response> {
    const finish = () => walk.finish(peer, 'served');
    const { headers, webSocket } = response;
    if (webSocket) {
      const { status, statusText } = response;
      const relayed = relayWebSocket(webSocket, once(finish));
      return moor(new Response(null, { status, statusText, headers, webSocket: relayed }), peer);
    }
    // What is compressed comes out of the runtime decompressed, and is of another length then.
    const isCompressed = headers.has('Content-Encoding');
    const contentLength = isCompressed ? null : headers.get('Content-Length');
    const { content, done } = await passThrough(response.body, contentLength);
    // A body that breaks off is not held against the peer, as it is not by Nginx; the client sees it break off.
    if (done) c.executionCtx.waitUntil(done.then(finish, finish));
    else finish();
    const answer = new Response(content, response);
    dropConnectionHeaders(answer.headers);
    if (isCompressed) {
      answer.headers.delete('Content-Encoding');
      answer.headers.delete('Content-Length');
    }
    return moor(answer, peer);
  }

  /** Puts the peer's cookie before those of its own. */
  function moor(answer: Response, peer: Peer): Response {
    const ownCookies = answer.headers.getSetCookie();
    answer.headers.set('Set-Cookie', affinityCookie(peer.sid));
    for (const cookie of ownCookies) answer.headers.append('Set-Cookie', cookie);
    return answer;
  }

  function fail(c: Context, status: 502 | 504, lastPeer: Peer | undefined): Response | Promise<Response> {
    if (lastPeer) c.header('Set-Cookie', affinityCookie(lastPeer.sid));
    return tellUnanswered(c, status);
  }

  return app;
}

function isFailedTry(response: Response, walk: PeerWalk, mayResend: boolean): boolean {
  // The last try's answer is the client's, whatever it says.
  return response.status === NEXT_UPSTREAM_STATUS && mayResend && walk.triesLeft() > 1;
}

/** Ends a request whose client nobody can answer any more; the status is the one Nginx logs for it. */
function clientLeft(): Response {
  return new Response(null, { status: 499 });
}

function reasonOf(outcome: Exclude<Outcome, { kind: 'clientLeft' }>): string {
  return outcome.kind === 'response' ? `answered ${outcome.response.status}` : outcome.reason;
}

/** Frees the connection of an answer nobody reads. */
async function discard(response: Response): Promise<void> {
  await response.body?.cancel();
}

function once(run: () => void): () => void {
  let hasRun = false;
  return () => {
    if (hasRun) return;
    hasRun = true;
    run();
  };
}
