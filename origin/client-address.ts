import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { createClientResolver, type ResolveClient } from '../app/client/client-info.ts';
import type { TrustProxy } from '../app/client/trust-proxy.ts';
import { formatIpAddress, parseIpAddress } from '../app/lib/ip-address.ts';
import type { Log } from '../app/lib/log.ts';
import { remember } from '../app/lib/remember.ts';

/** Creates the function that resolves the client of a request from its socket. */
export function resolveClientBySocket(trust: TrustProxy, log: Pick<Log, 'warn'>): ResolveClient {
  let hasWarned = false;
  return createClientResolver({
    remoteAddress: (c) => socketAddress(incomingOf(c).socket.remoteAddress),
    // Node's own parsed headers: node-server would look each one up in several steps.
    headersOf(c) {
      const { headers } = incomingOf(c);
      return (name) => headers[name] as string | undefined;
    },
    trust,
    onUntrustedProxy(remoteAddress) {
      // Logged once: any client can send these headers, as often as it likes.
      if (hasWarned) return;
      hasWarned = true;
      log.warn({ remoteAddress }, 'forwarding headers ignored: TRUST_PROXY does not name this address');
    },
  });
}

function incomingOf(c: Context<{ Bindings: HttpBindings }>): HttpBindings['incoming'] {
  return c.env.incoming;
}

/** Returns a socket's address in canonical form: an IPv4-mapped address as IPv4, and a link-local one without its zone. */
export function socketAddress(address: string | undefined): string | undefined {
  return address === undefined ? undefined : canonicalAddress(address);
}

const canonicalAddress = remember((text) => {
  const parsed = parseIpAddress(text.replace(/%.*$/, ''));
  return parsed && formatIpAddress(parsed);
});
