import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { freePortRange } from '../testkit/network/free-ports.ts';
import type { SeenRequest } from './ledger.ts';

/** RFC 6455 section 1.3. */
const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const CLOSE_FRAME = Buffer.of(0x88, 0x02, 0x03, 0xe8);

/** A replica that accepts WebSockets. It closes each one after the first bytes. */
export interface WebSocketPeer {
  url: string;
  close(): Promise<void>;
}

/** @param onRequest called with each request */
export async function startWebSocketPeer(onRequest: (request: SeenRequest) => void): Promise<WebSocketPeer> {
  const port = await freePortRange(1);
  const sockets = new Set<Socket>();
  const server = createServer({
    keepAliveTimeout: 0,
    maxHeaderSize: 128 * 1024,
    shouldUpgradeCallback: ({ method, headers }) => method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket',
  });

  function note({ headers, method = '', url = '' }: IncomingMessage, status: number): string {
    const [requestId, clientIp] = [`${headers['x-request-id']}`, `${headers['x-real-ip']}`];
    onRequest({ requestId, clientIp, method, path: url, status });
    return requestId;
  }

  server.on('request', (request, response) => {
    request.resume();
    response.setHeader('X-Request-ID', note(request, 200));
    response.end('no WebSocket');
  });
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}${HANDSHAKE_GUID}`)
      .digest('base64');
    socket.on('error', () => {});
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\nX-Request-ID: ${note(request, 101)}\r\n\r\n`,
    );
    socket.once('data', () => socket.end(CLOSE_FRAME));
    socket.on('end', () => socket.end());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
