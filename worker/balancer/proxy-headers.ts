import { CLIENT_NOTE_HEADER, type ClientInfo, UNVERIFIED } from '../../app/client/client-info.ts';

/** Headers that apply to one connection only and are not forwarded (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = ['Connection', 'Keep-Alive', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade'];

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

/**
 * Returns the request headers that the peer receives. The headers that describe the client are set by the balancer,
 * whatever the client sent.
 */
export function proxyRequestHeaders(request: Request, client: ClientInfo): Headers {
  const { clientIp, isVerified, scheme, hosts, requestId } = client;
  const headers = new Headers(request.headers);
  for (const name of request.headers.keys()) if (!FORWARDED_NAME.test(name)) headers.delete(name);
  // A WebSocket handshake consists of these headers; the runtime writes its own for the new connection.
  if (!isUpgrade(request)) for (const name of HOP_BY_HOP) headers.delete(name);
  // The edge has answered it, and has read the body.
  headers.delete('Expect');
  headers.set('X-Real-IP', clientIp);
  headers.set('X-Forwarded-For', clientIp);
  headers.set('X-Forwarded-Proto', scheme);
  if (hosts.length === 0) headers.delete('X-Forwarded-Host');
  else headers.set('X-Forwarded-Host', hosts.join(', '));
  headers.set('X-Request-ID', requestId);
  if (isVerified) headers.delete(CLIENT_NOTE_HEADER);
  else headers.set(CLIENT_NOTE_HEADER, UNVERIFIED);
  return headers;
}

/** The runtime turns every upgraded request into a GET, so only a GET may be upgraded. */
export function isUpgrade({ method, headers }: Request): boolean {
  return method === 'GET' && headers.get('Upgrade')?.toLowerCase() === 'websocket';
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
