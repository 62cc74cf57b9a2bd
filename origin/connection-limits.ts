import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isTrustedProxy, type TrustProxy } from '../app/client/trust-proxy.ts';
import { clientKey } from '../app/lib/ip-address.ts';
import { socketAddress } from './client-address.ts';

/** How many open connections a replica accepts. */
export interface ConnectionLimits {
  /** From all trusted proxies together; each serves many clients. */
  proxies: number;
  /** From all other clients together. */
  clients: number;
  /** From one such client. */
  perClient: number;
}

export interface LimitConnectionsOptions {
  server: Server;
  trust: TrustProxy;
  limits: ConnectionLimits;
  /** Called with the limit that a refused connection exceeded, and the address of the proxy or client. */
  onFull?: ((what: keyof ConnectionLimits, address: string) => void) | undefined;
}

/**
 * Limits the connections of a server. Trusted proxies have their own limit, so that clients which connect directly cannot use
 * up the proxies' connections. When the limit for clients is reached, a client that has fewer connections than the client
 * with the most takes one of the latter's. To lock others out, an attacker therefore needs more than a few addresses.
 */
export function limitConnections({ server, trust, limits, onFull = () => {} }: LimitConnectionsOptions): void {
  const proxies = new Set<Socket>();
  const clients = new Map<string, Set<Socket>>();
  const unanswered = new WeakMap<Socket, number>();
  let clientConnections = 0;

  // Runs before the server's own listener, which would start to parse the data of a refused connection.
  server.prependListener('connection', (socket: Socket) => {
    // Node caches the address once it was read. It cannot tell it after the client has disconnected, but may still deliver a
    // request from that connection. A connection that is gone already is closed, because nobody waits for its answer.
    const address = socketAddress(socket.remoteAddress);
    if (address === undefined) socket.destroy();
    else if (isTrustedProxy(trust, address)) takeProxy(socket, address);
    else takeClient(socket, clientKey(address));
  });

  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    unanswered.set(socket, (unanswered.get(socket) ?? 0) + 1);
    response.on('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
  });

  function takeProxy(socket: Socket, address: string): void {
    if (proxies.size >= limits.proxies) {
      refuse(socket, 'proxies', address);
      return;
    }
    proxies.add(socket);
    socket.once('close', () => proxies.delete(socket));
  }

  function takeClient(socket: Socket, client: string): void {
    const own = clients.get(client) ?? new Set();
    if (own.size >= limits.perClient) {
      refuse(socket, 'perClient', client);
      return;
    }
    if (clientConnections >= limits.clients && !makeRoom(own.size)) {
      refuse(socket, 'clients', client);
      return;
    }
    clients.set(client, own.add(socket));
    clientConnections++;
    socket.once('close', () => release(socket, client));
  }

  function release(socket: Socket, client: string): void {
    const own = clients.get(client);
    if (!own?.delete(socket)) return;
    clientConnections--;
    if (own.size === 0) clients.delete(client);
  }

  /** Closes a connection of the client that has the most, unless it would then have no more connections than the new client. */
  function makeRoom(ownSize: number): boolean {
    let most: [string, Set<Socket>] | undefined;
    for (const entry of clients) if (!most || entry[1].size > most[1].size) most = entry;
    if (!most || most[1].size <= ownSize + 1) return false;
    const [client, sockets] = most;
    // The oldest connection without a request in flight: it is idle, or still sending headers.
    const victim = sockets.values().find((socket) => !unanswered.get(socket));
    if (!victim) return false;
    release(victim, client);
    victim.destroy();
    return true;
  }

  function refuse(socket: Socket, what: keyof ConnectionLimits, address: string): void {
    onFull(what, address);
    socket.destroy();
  }
}
