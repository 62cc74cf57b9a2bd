import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { serverId } from '../../app/affinity/server-id.ts';
import { freePortRange } from '../network/free-ports.ts';
import { answers, type Behaviour } from './behaviours.ts';
import { echoWebSocket, hangWebSocket } from './websocket.ts';

/** A request as the replica received it. The body grows as it arrives. */
export interface ReceivedRequest {
  method: string;
  /** Path and query. */
  target: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Whether the client disconnected before it had the whole response. */
  wasAborted: boolean;
}

/** A minimal server in place of a replica. It sends its name and behaves as the test says. */
export interface StubReplica {
  name: string;
  /** `http://127.0.0.1:port`. */
  url: string;
  address: string;
  sid: string;
  /** Every request received, in order. */
  requests: ReceivedRequest[];
  /** Returns how many connections it has ever accepted. */
  connectionCount(): number;
  /** Sets the behaviour for requests from now on. */
  behave(behaviour: Behaviour): void;
  /** Keeps WebSockets open without a word from now on, whatever their clients do. */
  hangWebSockets(): void;
  /** Closes the connections without a request in flight. */
  closeIdleConnections(): void;
  /** Closes its port and every connection. New ones are refused. */
  stop(): Promise<void>;
  /** Listens on the same port again. */
  restart(): Promise<void>;
}

const SERVER_OPTIONS: ServerOptions = {
  // A replica that closes idle connections during a test would look like one that fails.
  keepAliveTimeout: 0,
  maxHeaderSize: 128 * 1024,
  shouldUpgradeCallback: ({ method, headers }) => method === 'GET' && headers.upgrade === 'websocket',
};

/** Starts a replica. It echoes WebSocket messages, and responds with 200 until `behave` is called. */
export async function createStubReplica(name: string): Promise<StubReplica> {
  const port = await freePortRange(1);
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  let connectionCount = 0;
  let behaviour: Behaviour = answers(200);
  let serveWebSocket = echoWebSocket;

  const server = createServer(SERVER_OPTIONS, (request, response) => {
    const received = record(request);
    request.on('data', (chunk) => {
      received.body = Buffer.concat([received.body, chunk]);
    });
    response.on('close', () => {
      received.wasAborted = !response.writableFinished;
    });
    response.setHeader('X-Replica', name);
    behaviour(request, response, { name });
  });
  server.on('upgrade', (request, socket) => {
    record(request);
    serveWebSocket(request, socket as Socket, name);
  });
  server.on('connection', (socket) => {
    connectionCount++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  function record({ method, url, headers }: IncomingMessage): ReceivedRequest {
    const received = {
      method: method as string,
      target: url as string,
      headers,
      body: Buffer.alloc(0),
      wasAborted: false,
    };
    requests.push(received);
    return received;
  }

  async function stop(): Promise<void> {
    if (!server.listening) return;
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  }

  async function listen(): Promise<void> {
    server.listen({ port, host: '127.0.0.1' });
    await once(server, 'listening');
  }

  await listen();
  const address = `127.0.0.1:${port}`;
  return {
    name,
    url: `http://${address}`,
    address,
    sid: serverId(address),
    requests,
    connectionCount: () => connectionCount,
    behave(next) {
      behaviour = next;
    },
    hangWebSockets() {
      serveWebSocket = hangWebSocket;
    },
    closeIdleConnections: () => server.closeIdleConnections(),
    stop,
    restart: listen,
  };
}
