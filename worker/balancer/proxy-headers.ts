import { CLIENT_NOTE_HEADER, type ClientInfo, UNVERIFIED } from '../../app/client/client-info.ts';
import type { RequestHead } from './request-head.ts';

/** Headers that apply to one connection only and are not forwarded (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/** Headers with which a replica talks to Nginx; Nginx keeps them from the client. */
const FOR_NGINX = [
  'X-Accel-Buffering',
  'X-Accel-Charset',
  'X-Accel-Expires',
  'X-Accel-Limit-Rate',
  'X-Accel-Redirect',
  'X-Pad',
];

/**
 * The names that Nginx forwards. Many programs read `X_Real_IP` and `X.Real.IP` as `X-Real-IP`, which only the balancer may
 * set.
 */
const FORWARDED_NAME = /^[a-z0-9-]+$/;

/** The edge has answered it, and has read the body. */
const EXPECT = new Set(['expect']);
const KEPT_BACK = EXPECT.union(new Set(HOP_BY_HOP));

/**
 * Returns the request headers that the peer receives. The headers that describe the client are set by the balancer,
 * whatever the client sent.
 */
export function proxyRequestHeaders(request: Request, client: ClientInfo, head: RequestHead = request): Headers {
  const { clientIp, isVerified, scheme, hosts, requestId } = client;
  const headers = new Headers(request.headers);
  // A WebSocket handshake consists of these headers; the runtime writes its own for the new connection.
  const keptBack = isUpgrade(head) ? EXPECT : KEPT_BACK;
  for (const name of head.headers.keys()) {
    if (keptBack.has(name) || !FORWARDED_NAME.test(name)) headers.delete(name);
  }
  headers.set('X-Real-IP', clientIp);
  headers.set('X-Forwarded-For', clientIp);
  headers.set('X-Forwarded-Proto', scheme);
  if (hosts.length === 0) headers.delete('X-Forwarded-Host');
  else headers.set('X-Forwarded-Host', hosts.join(', '));
  headers.set('X-Request-ID', requestId);
  if (!isVerified) headers.set(CLIENT_NOTE_HEADER, UNVERIFIED);
  else if (head.headers.has(CLIENT_NOTE_HEADER)) headers.delete(CLIENT_NOTE_HEADER);
  return headers;
}

/** 16 bytes in base64 (RFC 6455 section 4.2.1). */
const WEBSOCKET_KEY = /^[A-Za-z0-9+/]{22}==$/;

/**
 * Whether it is the handshake of a WebSocket, of the one version that there is. For another one the runtime would open a WebSocket to
 * the peer and then none to the client. It turns every upgraded request into a GET, so only a GET may be upgraded.
 */
export function isUpgrade({ method, headers }: RequestHead): boolean {
  if (method !== 'GET' || headers.get('Upgrade')?.toLowerCase() !== 'websocket') return false;
  return headers.get('Sec-WebSocket-Version') === '13' && WEBSOCKET_KEY.test(headers.get('Sec-WebSocket-Key') ?? '');
}

/** Removes the response headers that apply only to the connection between peer and edge, or are for Nginx. */
export function stripHopByHopHeaders(headers: Headers): void {
  for (const name of headers.get('Connection')?.split(',') ?? []) {
    if (TOKEN.test(name.trim())) headers.delete(name.trim());
  }
  for (const name of HOP_BY_HOP) headers.delete(name);
  for (const name of FOR_NGINX) headers.delete(name);
}

/** Characters of a header's name (RFC 9110 section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^`|~\w]+$/;
