import { type Context, Hono } from 'hono';
import { createAffinityCookie } from '../../app/affinity/set-cookie.ts';
import type { ResolveClient } from '../../app/client/client-info.ts';
import { sendError } from '../../app/http/error-response.ts';
import { NOSNIFF } from '../../app/http/nosniff.ts';
import type { Log } from '../../app/lib/log.ts';
import { createMonotonicClock } from '../../app/lib/monotonic-clock.ts';
import type { Takeover } from '../takeover.ts';
import type { Peer, Upstream } from '../upstream/upstream.ts';
import { type AccessLogOptions, createAccessLog } from './access-log.ts';
import type { EdgeFigures } from './edge-figures.ts';
import type { Exchange } from './exchange.ts';
import { sendGatewayError } from './gateway-error.ts';
import { affinityCookieOfLines } from './joined-cookies.ts';
import type { Answer } from './peer-response.ts';
import { proxyRequestHeaders } from './proxy-headers.ts';
import { bufferRequestBody, type RequestBody, wholeBody } from './request-body.ts';
import { sendBodyError, sendLimitError, sendOversizeError } from './request-errors.ts';
import { type RequestHead, readHead } from './request-head.ts';
import { type Admission, kindOf, type RequestLimits } from './request-limits.ts';
import { oversizeStatus, type RequestSizes } from './request-sizes.ts';
import { requestTarget } from './request-target.ts';
import { isRetryable } from './retry.ts';
import { createTryPeer } from './try-peer.ts';

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
  /** Longest time for a client to receive the next part of a response. */
  sendTimeoutMs: number;
  sizes: RequestSizes;
  limits: RequestLimits;
  log: Log;
  /** Counts requests and tries. */
  figures?: EdgeFigures;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
  /** Without it no request is logged. */
  accessLog?: Pick<AccessLogOptions, 'linesPerSecond'>;
}

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
    sendTimeoutMs,
    sizes,
    limits,
    log,
    figures,
    monotonicMs = createMonotonicClock(),
  } = options;
  const affinityCookie = options.affinityCookie ?? createAffinityCookie({ secure: false });
  const tryPeer = createTryPeer({ affinityCookie, log, figures, monotonicMs });
  const logAccess = options.accessLog && createAccessLog({ ...options.accessLog, log, monotonicMs });

  /** Answers a request, and counts and logs it, whatever the answer. */
  async function answer(c: Context): Promise<Response> {
    const startMs = monotonicMs();
    const head = readHead(c.req.raw);
    const header = (name: string) => head.headers.get(name) ?? undefined;
    const exchange: Exchange = {
      head,
      client: resolveClient(c, header),
      affinityCookie: affinityCookieOfLines(header('Cookie')),
      peers: [],
      isTakenOver: false,
    };
    figures?.began();
    const response = await respondTo(c, exchange).catch((error: unknown) => {
      log.error({ error }, 'request failed');
      return sendError(c, 500, 'Internal error.');
    });
    const { status, headers } = response;
    // On the edge's own responses, too, as Nginx does.
    headers.set(...NOSNIFF);
    const affinity = exchange.isTakenOver ? 'takeover' : (headers.get('X-Affinity') ?? undefined);
    const answered = { method: head.method, status, affinity, durationMs: monotonicMs() - startMs };
    figures?.answered(answered);
    logAccess?.(c.req.path, exchange, answered);
    return response;
  }

  async function respondTo(c: Context, exchange: Exchange): Promise<Response> {
    const { head } = exchange;
    if (head.method === 'TRACE') {
      // Nginx rejects TRACE, too: an echo of the request would show scripts the cookies that are hidden from them.
      c.header('Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
      return sendError(c, 405, 'TRACE is not allowed.');
    }
    const target = requestTarget(head);
    if (target === undefined) return sendError(c, 400, 'The host or the target of this request is malformed.');
    if (hasUnknownCoding(head))
      return sendError(c, 501, 'This transfer coding is not implemented: requests may use only chunked.');
    const oversize = oversizeStatus(head, target, sizes);
    if (oversize) return sendOversizeError(c, oversize);
    const admission = limits.admit(kindOf(head), exchange.client.clientIp);
    if (typeof admission === 'number') return sendLimitError(c, admission);
    const work = Promise.withResolvers<void>();
    const end = () => {
      admission.end();
      work.resolve();
    };
    // Finish even if the client disconnects: otherwise the runtime cancels this work, and peer and limits go on counting it.
    c.executionCtx.waitUntil(work.promise);
    try {
      const { response, done } = await balance(c, target, exchange, admission);
      if (done) done.then(end, end);
      else end();
      return response;
    } catch (error) {
      end();
      throw error;
    }
  }

  async function balance(c: Context, target: string, exchange: Exchange, admission: Admission): Promise<Answer> {
    const request = c.req.raw;
    const { head, client } = exchange;
    const { method } = head;
    let body: RequestBody;
    try {
      body = await bufferRequestBody(request, admission, { maxBytes: sizes.bodyBytes, idleTimeoutMs: bodyTimeoutMs });
    } catch (error) {
      return { response: await sendBodyError(c, error) };
    }
    const headers = proxyRequestHeaders(request, client, head);
    const giveUp = async (status: 502 | 504, lastPeer: Peer | undefined) => {
      const url = new URL(`http://edge${target}`);
      if (!takeOver?.serves(url.pathname)) return { response: await fail(c, status, lastPeer) };
      try {
        const whole = await wholeBody(body, admission);
        if (whole === undefined) return { response: await fail(c, status, lastPeer) };
        // Sets no new cookie: the client's peer may be back for its next request.
        const own = new Request(url, { method, headers, body: whole });
        exchange.isTakenOver = true;
        return { response: await takeOver.fetch(own) };
      } catch (error) {
        return { response: await sendBodyError(c, error) };
      }
    };
    await beforeSelect?.();
    const selection = upstream.select(exchange.affinityCookie);
    const forwarding = {
      method,
      headers,
      body: body.content,
      target,
      mustProbe: !isRetryable(method, body),
      clientSignal: request.signal,
      connectTimeoutMs,
      readTimeoutMs,
      sendTimeoutMs,
    };
    let lastPeer: Peer | undefined;
    for (let peer = selection.next(); peer; peer = selection.next()) {
      lastPeer = peer;
      exchange.peers.push(peer.address);
      const tried = await tryPeer(c, exchange, peer, selection, forwarding);
      if (tried.next === 'answer') return tried;
      if (tried.next === 'fail') return { response: await fail(c, tried.status, peer) };
      if (tried.next === 'giveUp') return giveUp(tried.status, peer);
    }
    return giveUp(502, lastPeer);
  }

  function fail(c: Context, status: 502 | 504, lastPeer: Peer | undefined): Response | Promise<Response> {
    if (lastPeer) c.header('Set-Cookie', affinityCookie(lastPeer.sid));
    return sendGatewayError(c, status);
  }

  // One handler for all methods and paths: no middleware, which costs a plain request about as much as its peer's choice.
  return new Hono().all('*', answer);
}

/**
 * The runtime accepts another coding before `chunked` and leaves the body encoded. Without the header a peer could not
 * decode it.
 */
function hasUnknownCoding({ headers }: RequestHead): boolean {
  return (headers.get('Transfer-Encoding') ?? 'chunked').toLowerCase() !== 'chunked';
}
