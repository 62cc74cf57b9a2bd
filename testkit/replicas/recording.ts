import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { serverId } from '../../app/affinity/server-id.ts';

/** A replica that records bytes. It does not parse HTTP, so it never takes a part of a request for the whole. */
export interface RecordingReplica {
  name: string;
  url: string;
  sid: string;
  /** Returns everything received on all connections, one character for each byte. */
  received(): string;
  /** Sets the bytes that it sends whenever data arrives. */
  respond(bytes: string): void;
  close(): void;
}

/** Starts a recording replica. It sends nothing until `respond` is called. */
export async function createRecordingReplica(name: string): Promise<RecordingReplica> {
  const sockets = new Set<Socket>();
  let received = '';
  let response = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (bytes) => {
      received += bytes;
      if (response !== '') socket.write(response, 'latin1');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    name,
    url: `http://${address}`,
    sid: serverId(address),
    received: () => received,
    respond(bytes) {
      response = bytes;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
