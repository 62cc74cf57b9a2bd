import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can be shut and opened again. */
export interface TcpGate {
  port: number;
  /** Cuts every connection and refuses new ones, as a server does that has died. */
  shut(): Promise<void>;
  open(): Promise<void>;
  /** Passes nothing on any more, as a server does that hangs; connections stay. It ends with `resume`. */
  stall(): void;
  resume(): void;
}

/** Opens a gate before a server of loopback. */
export async function createTcpGate(targetPort: number): Promise<TcpGate> {
  const sockets = new Set<Socket>();
  let server: Server;
  let port = 0;
  let isStalled = false;

  function pass(client: Socket): void {
    const upstream = connect(targetPort, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      if (isStalled) socket.pause();
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  }

  async function open(): Promise<void> {
    server = createServer(pass).listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  await open();
  return {
    port,
    open,
    stall() {
      isStalled = true;
      for (const socket of sockets) socket.pause();
    },
    resume() {
      isStalled = false;
      for (const socket of sockets) socket.resume();
    },
    async shut() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
