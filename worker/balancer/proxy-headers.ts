import { CLIENT_NOTE_HEADER, type ClientInfo, UNVERIFIED } from '../../app/client/client-info.ts';

/** Headers that apply to one connection only and are not forwarded (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = [
  'Connection',
  'Keep-Alive',
  'Proxy-Authenticate',
  'Proxy-Authorization',
  'TE',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
];

/**
 * Returns the request headers that the peer receives. The headers that describe the client are set by the balancer,
 * whatever the client sent.
 */
export function proxyRequestHeaders(request: Request, client: ClientInfo): Headers {
  const { clientIp, isVerified, scheme, hosts, requestId } = client;
  const headers = new Headers(request.headers);
  // A WebSocket handshake consists of these headers; the runtime writes its own for the new connection.
  if (!isUpgrade(request)) {
    for (const name of HOP_BY_HOP) headers.delete(name);
    // The runtime asks for the encodings that it can decode.
    headers.delete('Accept-Encoding');
  }
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

/** Removes the response headers that apply only to the connection between peer and edge. */
export function stripHopByHopHeaders(headers: Headers): void {
  for (const name of headers.get('Connection')?.split(',') ?? []) {
    if (TOKEN.test(name.trim())) headers.delete(name.trim());
  }
  for (const name of HOP_BY_HOP) headers.delete(name);
}

/** Characters of a header's name (RFC 9110 section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^`|~\w]+$/;
