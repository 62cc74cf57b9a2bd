import { CLIENT_NOTE_HEADER, type ClientInfo, UNVERIFIED } from '../../app/client/client-info.ts';

/** They are for one connection only, so they go no further than it (RFC 9110 section 7.6.1). */
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

/** The headers of a request as a peer is to see them: of the client they say what the balancer does, whatever it sent. */
export function proxyRequestHeaders(request: Request, client: ClientInfo): Headers {
  const { clientIp, isVerified, scheme, hosts, requestId } = client;
  const headers = new Headers(request.headers);
  // A handshake is all about the connection, and the runtime makes that of its own.
  if (!isUpgrade(request)) {
    for (const name of HOP_BY_HOP) headers.delete(name);
    // The runtime asks for what it can decode.
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

/** The runtime makes a GET of anything it upgrades, so nothing else is. */
function isUpgrade({ method, headers }: Request): boolean {
  return method === 'GET' && headers.get('Upgrade')?.toLowerCase() === 'websocket';
}

/** Takes out of an answer's headers what is between peer and edge alone. */
export function stripHopByHopHeaders(headers: Headers): void {
  for (const name of headers.get('Connection')?.split(',') ?? []) {
    if (TOKEN.test(name.trim())) headers.delete(name.trim());
  }
  for (const name of HOP_BY_HOP) headers.delete(name);
}

/** What a header may be called (RFC 9110 section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^`|~\w]+$/;
