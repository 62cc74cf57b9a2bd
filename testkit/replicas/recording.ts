import { serverId } from '../../app/affinity/server-id.ts';
import { startTcpServer } from '../network/tcp-server.ts';

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
  let received = '';
  let response = '';
  const { address, close } = await startTcpServer((socket) => {
    socket.setEncoding('latin1').on('data', (bytes) => {
      received += bytes;
      if (response !== '') socket.write(response, 'latin1');
    });
  });
  return {
    name,
    url: `http://${address}`,
    sid: serverId(address),
    received: () => received,
    respond(bytes) {
      response = bytes;
    },
    close,
  };
}
