import type { Server } from 'node:http';
import { isIP } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { createIdentifyCaller, type IdentifyCaller } from '../caller.ts';

/** Builds the way to tell callers apart by the socket they come through. */
export function identifyBySocket(isTrustedProxy: (ip: string) => boolean): IdentifyCaller {
  return createIdentifyCaller({ remoteAddress, isTrustedProxy, isIp });
}

/**
 * Has a server know the peers of its connections from their begin: Node finds no address for a connection that is gone, and
 * a request may come out of it all the same. One that is gone at once is closed, as nobody waits for its answer.
 */
export function keepRemoteAddresses(server: Server): void {
  // Node keeps the address for as long as the socket once it was asked for it.
  server.prependListener('connection', (socket) => {
    if (socket.remoteAddress === undefined) socket.destroy();
  });
}

/** The peer of the connection: an IPv4 one in IPv4's own form where the socket speaks IPv6, and without the zone of a link. */
function remoteAddress(c: Context): string {
  const address = getConnInfo(c).remote.address ?? '';
  return address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '');
}

/** An address as it is told to others: Node takes `fe80::1%eth0` for one, too, with a zone of any length. */
function isIp(word: string): boolean {
  return isIP(word) !== 0 && !word.includes('%');
}
