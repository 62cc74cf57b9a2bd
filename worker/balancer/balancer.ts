import { type Context, Hono } from 'hono';
import { readAffinityCookie } from '../../app/affinity/cookie.ts';
import { createAffinityCookie } from '../../app/affinity/set-cookie.ts';
import type { ClientInfo, ResolveClient } from '../../app/client/client-info.ts';
import { sendError } from '../../app/http/error-response.ts';
import { NOSNIFF } from '../../app/http/nosniff.ts';
import { respond } from '../../app/http/respond.ts';
import type { Log } from '../../app/lib/log.ts';
import type { Takeover } from '../takeover.ts';
import type { Peer, PeerSelection, Upstream } from '../upstream/upstream.ts';
import { type ForwardOptions, forward, type Outcome } from './forward.ts';
import { sendGatewayError } from './gateway-error.ts';
import { exceedsHeaderLimits } from './header-limits.ts';
import { proxyRequestHeaders, stripHopByHopHeaders } from './proxy-headers.ts';
import { bufferRequestBody, type RequestBody, RequestBodyError } from './request-body.ts';
import { type Admission, kindOf, type RefusalStatus, type RequestLimits } from './request-limits.ts';
import { requestTarget } from './request-target.ts';
import { streamResponseBody } from './response-body.ts';
import { relayWebSocket } from './websocket.ts';

export interface BalancerOptions {
  upstream: Upstream;
  /** Runs before a request selects its peer. */
  beforeSelect?: () => Promise<void>;
  /** Serves a request that no peer could answer. Without it the client receives a 502 or 504. */
  takeOver?: Takeover;
  /** Returns the `Set-Cookie` header that sends the client to this peer from now on. */
  affinityCookie?: (sid: string) => string;
  resolveClient: ResolveClient;
  connectTimeoutMs: number;
  readTimeoutMs: number;
  /** Longest time between two pieces of a request body. */
  bodyTimeoutMs: number;
  limits: RequestLimits;
  log: Log;
}

/**
 * A response. `done` resolves when it was sent in full; undefined when nothing of it remains to be sent by the
 * balancer.
 */
interface Answer {
  response: Response;
  done?: Promise<void> | undefined;
}

/**
 * Result of one try at one peer. `passedOver` is a response that the client does not get, because another peer may do
 * better.
 */
type TriedPeer = ({ kind: 'answer' } & Answer) | { kind: 'passedOver' } | Exclude<Outcome, { kind: 'response' }>;

/**
 * Methods that Nginx never sends to a second peer once the first may have seen the request (`proxy_next_upstream
 * non_idempotent`).
 */
const NON_IDEMPOTENT_METHODS = new Set(['POST', 'PATCH', 'LOCK']);

/** The status that counts as a failed try, as in Nginx's `proxy_next_upstream error timeout http_503`. */
const NEXT_UPSTREAM_STATUS = 503;

/**
 * Creates the balancer: an app that forwards each request to a peer, to the one in the client's cookie if possible, and
 * sets the cookie to the peer that answered.
 */
export function createBalancer(options: BalancerOptions): Hono {
  const {
    upstream,
    beforeSelect,
    takeOver,
    resolveClient,
    connectTimeoutMs,
    readTimeoutMs,
    bodyTimeoutMs,
    limits,
    log,
  } = options;
  const affinityCookie = options.affinityCookie ?? createAffinityCookie({ secure: false });
  const app = new Hono();

  // On the edge's own responses, too, as Nginx does.
  app.use(async function forbidSniffing(c, next) {
    await next();
    c.res.headers.set(...NOSNIFF);
  });

  app.on('TRACE', '*', (c) => {
    // Nginx rejects TRACE, too: an echo of the request would show scripts the cookies that are hidden from them.
    c.header('Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
    return respond(c, { text: 'TRACE is not allowed.', json: { error: { status: 405 } } }, 405);
  });

  app.all('*', async (c) => {
    const request = c.req.raw;
    const target = requestTarget(request);
    if (target === undefined) return sendError(c, 400, 'The host or the target of this request is malformed.');
    if (hasUnknownCoding(request)) return sendError(c, 501, 'The only transfer coding of requests is chunked.');
    if (exceedsHeaderLimits(request)) return sendError(c, 431, 'The headers of this request are too large.');
    const client = resolveClient(c);
    const admission = limits.admit(kindOf(request), client.clientIp);
    if (typeof admission === 'number') return refuseForNow(c, admission);
    const work = Promise.withResolvers<void>();
    // Finish even if the client disconnects: otherwise the runtime cancels this work, and peer and limits go on counting it.
    c.executionCtx.waitUntil(work.promise.finally(admission.end));
    try {
      const { response, done } = await balance(c, target, client, admission);
      if (done) done.then(work.resolve, () => work.resolve());
      else work.resolve();
      return response;
    } catch (error) {
      work.resolve();
      throw error;
    }
  });

  async function balance(c: Context, target: string, client: ClientInfo, admission: Admission): Promise<Answer> {
    const request = c.req.raw;
    const { method, signal: clientSignal } = request;
    let body: RequestBody;
    try {
      body = await bufferRequestBody(request, admission, bodyTimeoutMs);
    } catch (error) {
      return { response: await refuseBody(c, error) };
    }
    const isRetryable = body.isReplayable && !NON_IDEMPOTENT_METHODS.has(method);
    const headers = proxyRequestHeaders(request, client);
    const giveUp = async (status: 502 | 504, lastPeer: Peer | undefined) => ({
      response: takeOver
        ? // Set no new cookie: the client's peer may be back for its next request.
          await takeOver(new Request(new URL(target, 'http://edge'), { method, headers }))
        : await fail(c, status, lastPeer),
    });
    await beforeSelect?.();
    const selection = upstream.select(readAffinityCookie(c.req.header('Cookie')));
    let lastPeer: Peer | undefined;

    for (let peer = selection.next(); peer; peer = selection.next()) {
      lastPeer = peer;
      const outcome = await tryPeer(c, peer, selection, {
        method,
        headers,
        body: body.content,
        target,
        mustProbe: !isRetryable,
        clientSignal,
        connectTimeoutMs,
        readTimeoutMs,
      });
      if (outcome.kind === 'answer') return outcome;
      if (outcome.kind === 'clientClosedRequest') return { response: clientClosedRequest() };
      if (outcome.kind === 'bodyFailed') return { response: await refuseBody(c, outcome.error) };
      if (outcome.kind === 'failure' && (selection.triesLeft() === 0 || (outcome.wasSent && !isRetryable))) {
        const status = outcome.timedOut ? 504 : 502;
        // The peer may have executed the request, which must not be executed twice.
        return outcome.wasSent && !isRetryable ? { response: await fail(c, status, peer) } : giveUp(status, peer);
      }
    }
    return giveUp(502, lastPeer);
  }

  /**
   * Tries one peer. The peer's connection count is decremented after a failure, or when the response was sent in full.
   */
  async function tryPeer(
    c: Context,
    peer: Peer,
    selection: PeerSelection,
    options: ForwardOptions,
  ): Promise<TriedPeer> {
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
      const { response: answered, done } = await answer(response, peer);
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
  }

  /** Converts the peer's response to the client's, without waiting for its body. */
  async function answer(response: Response, peer: Peer): Promise<Answer> {
    const { headers, webSocket } = response;
    if (webSocket) {
      const { status, statusText } = response;
      const ended = Promise.withResolvers<void>();
      const relayed = relayWebSocket(webSocket, ended.resolve);
      const upgrade = new Response(null, { status, statusText, headers, webSocket: relayed });
      return { response: moor(upgrade, peer), done: ended.promise };
    }
    // The runtime decompresses a compressed body, so its length changes.
    const isCompressed = headers.has('Content-Encoding');
    const contentLength = isCompressed ? null : headers.get('Content-Length');
    const { content, done } = await streamResponseBody(response.body, contentLength);
    const answered = new Response(content, response);
    stripHopByHopHeaders(answered.headers);
    if (isCompressed) {
      answered.headers.delete('Content-Encoding');
      answered.headers.delete('Content-Length');
    }
    return { response: moor(answered, peer), done };
  }

  /** Puts the affinity cookie in front of the cookies that the response sets. */
  function moor(answer: Response, peer: Peer): Response {
    const ownCookies = answer.headers.getSetCookie();
    answer.headers.set('Set-Cookie', affinityCookie(peer.sid));
    for (const cookie of ownCookies) answer.headers.append('Set-Cookie', cookie);
    return answer;
  }

  function fail(c: Context, status: 502 | 504, lastPeer: Peer | undefined): Response | Promise<Response> {
    if (lastPeer) c.header('Set-Cookie', affinityCookie(lastPeer.sid));
    return sendGatewayError(c, status);
  }

  return app;
}

function isFailedTry(response: Response, selection: PeerSelection, isRetryable: boolean): boolean {
  // The client gets the last peer's response, whatever its status.
  return response.status === NEXT_UPSTREAM_STATUS && isRetryable && selection.triesLeft() > 1;
}

/** Ends a request whose client has disconnected. Nginx logs the same status for it. */
function clientClosedRequest(): Response {
  return new Response(null, { status: 499 });
}

/** Responds to a request whose body cannot be forwarded. */
function refuseBody(c: Context, error: unknown): Response | Promise<Response> {
  if (c.req.raw.signal.aborted) return clientClosedRequest();
  if (!(error instanceof RequestBodyError)) throw error;
  const { status, message } = error;
  if (status === 429 || status === 503) return refuseForNow(c, status, message);
  return sendError(c, status, message);
}

const BUSY = {
  429: 'This client has too many requests in flight.',
  503: 'More requests are in flight than are taken at once.',
};

function refuseForNow(c: Context, status: RefusalStatus, message = BUSY[status]): Response | Promise<Response> {
  c.header('Retry-After', '1');
  return sendError(c, status, message);
}

/**
 * The runtime accepts another coding before `chunked` and leaves the body encoded. Without the header a peer could not
 * decode it.
 */
function hasUnknownCoding({ headers }: Request): boolean {
  return (headers.get('Transfer-Encoding') ?? 'chunked').toLowerCase() !== 'chunked';
}

/** Frees the connection of a response that is not read. */
async function discard(response: Response): Promise<void> {
  await response.body?.cancel();
}
