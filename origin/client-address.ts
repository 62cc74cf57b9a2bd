import { getConnInfo } from '@hono/node-server/conninfo';
import { createClientResolver, type ResolveClient } from '../app/client/client-info.ts';
import type { TrustProxy } from '../app/client/trust-proxy.ts';
import { formatIpAddress, parseIpAddress } from '../app/lib/ip-address.ts';
import type { Log } from '../app/lib/log.ts';

/** Creates the function that resolves the client of a request from its socket. */
export function resolveClientBySocket(trust: TrustProxy, log: Pick<Log, 'warn'>): ResolveClient {
  let hasWarned = false;
  return createClientResolver({
    remoteAddress: (c) => socketAddress(getConnInfo(c).remote.address),
    trust,
    onUntrustedProxy(remoteAddress) {
      // Logged once: any client can send these headers, as often as it likes.
      if (hasWarned) return;
      hasWarned = true;
      log.warn({ remoteAddress }, 'forwarding headers ignored: TRUST_PROXY does not name this address');
    },
  });
}

/** Returns a socket's address in canonical form: an IPv4-mapped address as IPv4, and a link-local one without its zone. */
export function socketAddress(address: string | undefined): string | undefined {
  const parsed = parseIpAddress(address?.replace(/%.*$/, '') ?? '');
  return parsed && formatIpAddress(parsed);
}
