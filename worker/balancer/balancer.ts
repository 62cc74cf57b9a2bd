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
  /** What a request waits for before its peer is picked. */
  beforeSelect?: () => Promise<void>;
  /** Serves a request that no peer could answer; without it the client is told so. */
  takeOver?: Takeover;
  /** Builds the `Set-Cookie` that moors a client to a peer. */
  affinityCookie?: (sid: string) => string;
  resolveClient: ResolveClient;
  connectTimeoutMs: number;
  readTimeoutMs: number;
  /** How long a client may take between two pieces of its body. */
  bodyTimeoutMs: number;
  limits: RequestLimits;
  log: Log;
}

/** A response, and what resolves when it is through; without that it needs nothing from here any more. */
interface Answer {
  response: Response;
  done?: Promise<void> | undefined;
}

/** What came of one peer; `passedOver` is an answer that another peer may improve on. */
type TriedPeer = ({ kind: 'answer' } & Answer) | { kind: 'passedOver' } | Exclude<Outcome, { kind: 'response' }>;

/** Methods Nginx never sends to a second peer once the first may have seen them (`proxy_next_upstream non_idempotent`). */
const NON_IDEMPOTENT_METHODS = new Set(['POST', 'PATCH', 'LOCK']);

/** What Nginx's `proxy_next_upstream error timeout http_503` takes for a failed try. */
const NEXT_UPSTREAM_STATUS = 503;

/**
 * Builds the edge: an app that hands each request to a peer of the upstream, the client's own one where it can, and moors
 * the client to the peer that answered.
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

  // Whether the answer is a replica's or the edge's own, as behind Nginx.
  app.use(async function forbidSniffing(c, next) {
    await next();
    c.res.headers.set(...NOSNIFF);
  });

  app.on('TRACE', '*', (c) => {
    // Nginx refuses it, too: an echo of the request would show scripts the cookies they must not see.
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
        ? // The client keeps the cookie it has: its peer may be back for its next request.
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
      if (outcome.kind === 'clientLeft') return { response: clientClosedRequest() };
      if (outcome.kind === 'bodyFailed') return { response: await refuseBody(c, outcome.error) };
      if (outcome.kind === 'failure' && (selection.triesLeft() === 0 || (outcome.wasSent && !isRetryable))) {
        const status = outcome.timedOut ? 504 : 502;
        // A peer may have done already what the request asks for, and it is not to be done twice.
        return outcome.wasSent && !isRetryable ? { response: await fail(c, status, peer) } : giveUp(status, peer);
      }
    }
    return giveUp(502, lastPeer);
  }

  /** Tries one peer, which then is done with the request, or is when the last byte of its answer is through. */
  async function tryPeer(
    c: Context,
    peer: Peer,
    selection: PeerSelection,
    options: ForwardOptions,
  ): Promise<TriedPeer> {
    const outcome = await forward(peer, options);
    if (outcome.kind === 'clientLeft' || outcome.kind === 'bodyFailed') {
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
      // A body that breaks off is not held against the peer, as it is not by Nginx; the client sees it break off.
      if (!done) served();
      return { kind: 'answer', response: answered, done: done?.then(served, served) };
    } catch (error) {
      // The runtime hands over some responses that it does not let a worker send: a status of 600, a length told twice.
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

  /** Makes the answer of the peer's response, as it comes. */
  async function answer(response: Response, peer: Peer): Promise<Answer> {
    const { headers, webSocket } = response;
    if (webSocket) {
      const { status, statusText } = response;
      const ended = Promise.withResolvers<void>();
      const relayed = relayWebSocket(webSocket, ended.resolve);
      const upgrade = new Response(null, { status, statusText, headers, webSocket: relayed });
      return { response: moor(upgrade, peer), done: ended.promise };
    }
    // What is compressed comes out of the runtime decompressed, and is of another length then.
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

  /** Puts the peer's cookie before those of its own. */
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
  // The last try's answer is the client's, whatever it says.
  return response.status === NEXT_UPSTREAM_STATUS && isRetryable && selection.triesLeft() > 1;
}

/** Ends a request whose client nobody can answer any more; the status is the one Nginx logs for it. */
function clientClosedRequest(): Response {
  return new Response(null, { status: 499 });
}

/** Answers a request whose body cannot be forwarded. */
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

/** The runtime takes a coding before `chunked` and leaves it in the body, whose meaning would be lost with the header. */
function hasUnknownCoding({ headers }: Request): boolean {
  return (headers.get('Transfer-Encoding') ?? 'chunked').toLowerCase() !== 'chunked';
}

/** Frees the connection of an answer nobody reads. */
async function discard(response: Response): Promise<void> {
  await response.body?.cancel();
}
