import type { Server } from 'node:http';
import { getConnInfo } from '@hono/node-server/conninfo';
import { createClientResolver, type ResolveClient } from '../app/client/client-info.ts';
import type { TrustProxy } from '../app/client/trust-proxy.ts';
import { formatIpAddress, parseIpAddress } from '../app/lib/ip-address.ts';
import type { Log } from '../app/lib/log.ts';

/** Builds what identifies callers by the socket they come through. */
export function resolveClientBySocket(trust: TrustProxy, log: Pick<Log, 'warn'>): ResolveClient {
  let hasWarned = false;
  return createClientResolver({
    remoteAddress: (c) => socketAddress(getConnInfo(c).remote.address),
    trust,
    onUntrustedProxy(remoteAddress) {
      // Once: clients can send these headers, too, as often as they like.
      if (hasWarned) return;
      hasWarned = true;
      log.warn({ remoteAddress }, 'forwarding headers ignored: TRUST_PROXY does not name this address');
    },
  });
}

/**
 * Reads the remote address of each connection when it is accepted: Node finds none after the client has disconnected, but may
 * still deliver a request from it. A connection that is gone already is closed, because nobody waits for its answer.
 */
export function keepRemoteAddresses(server: Server): void {
  // Node keeps the address for as long as the socket once it was asked for it.
  server.prependListener('connection', (socket) => {
    if (socket.remoteAddress === undefined) socket.destroy();
  });
}

/** A socket's address in canonical form: IPv4 also where the socket speaks IPv6, and without the zone of a link. */
export function socketAddress(address: string | undefined): string | undefined {
  const parsed = parseIpAddress(address?.replace(/%.*$/, '') ?? '');
  return parsed && formatIpAddress(parsed);
}
