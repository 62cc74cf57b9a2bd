import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy to a server whose network can fail silently: no reset, no end, no data in either direction. */
export interface SilentCut {
  port: number;
  /** Forwards the client's next packet that matches, and nothing more on this connection. Resolves then. */
  cutAfter(pattern: RegExp): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy to a server on loopback. */
export async function createSilentCut(targetPort: number): Promise<SilentCut> {
  const sockets = new Set<Socket>();
  let next: { pattern: RegExp; done: () => void } | undefined;

  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    let isCut = false;
    client.on('data', (data: Buffer) => {
      if (isCut) return;
      upstream.write(data);
      if (!next?.pattern.test(data.toString('latin1'))) return;
      isCut = true;
      next.done();
      next = undefined;
    });
    upstream.on('data', (data: Buffer) => !isCut && client.write(data));
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => !isCut && other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    cutAfter(pattern) {
      const { promise, resolve } = Promise.withResolvers<void>();
      next = { pattern, done: resolve };
      return promise;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
