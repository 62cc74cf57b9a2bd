import { type Context, Hono } from 'hono';
import { createAffinityCookie } from '../../app/affinity/set-cookie.ts';
import type { ClientInfo, ResolveClient } from '../../app/client/client-info.ts';
import { sendError } from '../../app/http/error-response.ts';
import { NOSNIFF } from '../../app/http/nosniff.ts';
import type { Log } from '../../app/lib/log.ts';
import { createMonotonicClock } from '../../app/lib/monotonic-clock.ts';
import type { Takeover } from '../takeover.ts';
import type { Peer, Upstream } from '../upstream/upstream.ts';
import { type AccessLogOptions, accessLog, type BalancerEnv } from './access-log.ts';
import { countRequests } from './count-requests.ts';
import type { EdgeFigures } from './edge-figures.ts';
import { sendGatewayError } from './gateway-error.ts';
import { affinityCookieOfLines } from './joined-cookies.ts';
import type { Answer } from './peer-response.ts';
import { proxyRequestHeaders } from './proxy-headers.ts';
import { bufferRequestBody, type RequestBody, wholeBody } from './request-body.ts';
import { sendBodyError, sendLimitError, sendOversizeError } from './request-errors.ts';
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
  accessLog?: Omit<AccessLogOptions, 'log'>;
}

/**
 * Creates the balancer: an app that forwards each request to a peer, to the one in the client's cookie if possible, and
 * sets the cookie to the peer that answered.
 */
export function createBalancer(options: BalancerOptions): Hono<BalancerEnv> {
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
  const app = new Hono<BalancerEnv>();

  app.use(async function setUp(c, next) {
    c.set('client', resolveClient(c));
    c.set('peers', []);
    c.set('affinityCookie', affinityCookieOfLines(c.req.header('Cookie')));
    await next();
  });
  if (figures) app.use(countRequests({ figures, monotonicMs }));
  if (options.accessLog) app.use(accessLog({ ...options.accessLog, log }));

  // On the edge's own responses, too, as Nginx does.
  app.use(async function forbidSniffing(c, next) {
    await next();
    c.res.headers.set(...NOSNIFF);
  });

  app.on('TRACE', '*', (c) => {
    // Nginx rejects TRACE, too: an echo of the request would show scripts the cookies that are hidden from them.
    c.header('Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
    return sendError(c, 405, 'TRACE is not allowed.');
  });

  app.all('*', async (c) => {
    const request = c.req.raw;
    const target = requestTarget(request);
    if (target === undefined) return sendError(c, 400, 'The host or the target of this request is malformed.');
    if (hasUnknownCoding(request))
      return sendError(c, 501, 'This transfer coding is not implemented: requests may use only chunked.');
    const oversize = oversizeStatus(request, target, sizes);
    if (oversize) return sendOversizeError(c, oversize);
    const client = c.get('client');
    const admission = limits.admit(kindOf(request), client.clientIp);
    if (typeof admission === 'number') return sendLimitError(c, admission);
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

  async function balance(
    c: Context<BalancerEnv>,
    target: string,
    client: ClientInfo,
    admission: Admission,
  ): Promise<Answer> {
    const request = c.req.raw;
    const { method, signal: clientSignal } = request;
    let body: RequestBody;
    try {
      body = await bufferRequestBody(request, admission, { maxBytes: sizes.bodyBytes, idleTimeoutMs: bodyTimeoutMs });
    } catch (error) {
      return { response: await sendBodyError(c, error) };
    }
    const headers = proxyRequestHeaders(request, client);
    const giveUp = async (status: 502 | 504, lastPeer: Peer | undefined) => {
      const url = new URL(`http://edge${target}`);
      if (!takeOver?.serves(url.pathname)) return { response: await fail(c, status, lastPeer) };
      try {
        // Sets no new cookie: the client's peer may be back for its next request.
        const own = new Request(url, { method, headers, body: await wholeBody(body, admission) });
        c.set('isTakenOver', true);
        return { response: await takeOver.fetch(own) };
      } catch (error) {
        return { response: await sendBodyError(c, error) };
      }
    };
    await beforeSelect?.();
    const selection = upstream.select(c.get('affinityCookie'));
    const forwarding = {
      method,
      headers,
      body: body.content,
      target,
      mustProbe: !isRetryable(method, body),
      clientSignal,
      connectTimeoutMs,
      readTimeoutMs,
      sendTimeoutMs,
    };
    let lastPeer: Peer | undefined;
    for (let peer = selection.next(); peer; peer = selection.next()) {
      lastPeer = peer;
      c.get('peers').push(peer.address);
      const tried = await tryPeer(c, peer, selection, forwarding);
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

  return app;
}

/**
 * The runtime accepts another coding before `chunked` and leaves the body encoded. Without the header a peer could not
 * decode it.
 */
function hasUnknownCoding({ headers }: Request): boolean {
  return (headers.get('Transfer-Encoding') ?? 'chunked').toLowerCase() !== 'chunked';
}
