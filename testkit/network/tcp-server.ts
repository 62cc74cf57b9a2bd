import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A TCP server on a free loopback port. */
export interface TcpServer {
  /** `ip:port`. */
  address: string;
  /** Its open connections. */
  sockets: ReadonlySet<Socket>;
  /** Stops, and breaks off the open connections. */
  close(): void;
}

/** Starts a server. Errors of connections are ignored: what the clients see counts. */
export async function startTcpServer(onConnection: (socket: Socket) => void): Promise<TcpServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
