import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isTrustedProxy, type TrustProxy } from '../app/client/trust-proxy.ts';
import { clientKey } from '../app/lib/ip-address.ts';
import { socketAddress } from './client-address.ts';

export interface LimitRequestsOptions {
  server: Server;
  trust: TrustProxy;
  /** Maximum number of requests in flight of a client that connects directly; it can send many on one connection. */
  perClient: number;
  /** Maximum total size of the headers of all requests in flight, in bytes. */
  headerBytes: number;
}

type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Limits the requests in flight of a server. Excess requests are answered at once, which frees their memory: 429 when one
 * client has too many, 503 when the headers of all requests exceed their limit; a balancer then tries another replica. Call
 * it after the server's `request` listener was added.
 */
export function limitRequests({ server, trust, perClient, headerBytes }: LimitRequestsOptions): void {
  const inFlight = new Map<string, number>();
  let bytesInFlight = 0;
  const listeners = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');

  function changeInFlight(client: string, change: 1 | -1): void {
    const count = (inFlight.get(client) ?? 0) + change;
    if (count === 0) inFlight.delete(client);
    else inFlight.set(client, count);
  }

  server.on('request', (request, response) => {
    const client = clientOf(request, trust);
    if (client !== undefined && (inFlight.get(client) ?? 0) >= perClient) {
      refuse(response, 429);
      return;
    }
    const bytes = headerBytesOf(request);
    if (bytesInFlight + bytes > headerBytes) {
      refuse(response, 503);
      return;
    }
    bytesInFlight += bytes;
    if (client !== undefined) changeInFlight(client, 1);
    response.on('close', () => {
      bytesInFlight -= bytes;
      if (client !== undefined) changeInFlight(client, -1);
    });
    for (const listener of listeners) listener.call(server, request, response);
  });
}

/** Returns the client of a connection; undefined for a trusted proxy, which serves many clients. */
function clientOf({ socket }: IncomingMessage, trust: TrustProxy): string | undefined {
  const address = socketAddress(socket.remoteAddress);
  if (address === undefined || isTrustedProxy(trust, address)) return undefined;
  return clientKey(address);
}

function headerBytesOf({ rawHeaders, url }: IncomingMessage): number {
  return rawHeaders.reduce((sum, text) => sum + text.length, url?.length ?? 0);
}

const REASONS = { 429: 'Too many requests at once.', 503: 'Too many requests with large headers at once.' };

function refuse(response: ServerResponse, status: 429 | 503): void {
  const body = `${REASONS[status]}\n`;
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    'Retry-After': '1',
  });
  response.end(body);
}
