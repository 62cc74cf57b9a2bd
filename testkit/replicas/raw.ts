import { once } from 'node:events';
import { serverId } from '../../app/affinity/server-id.ts';
import { messageEnd } from '../http/message-end.ts';
import { startTcpServer } from '../network/tcp-server.ts';

/** What a raw replica does with a complete request: the bytes that it sends, one character for each. */
export interface RawAnswer {
  bytes: string;
  /** Ends the connection after these bytes. */
  closes?: boolean;
}

/** A replica that records each request byte by byte, and answers with exactly the bytes of the test. */
export interface RawReplica {
  name: string;
  url: string;
  sid: string;
  /** Every complete request so far, one character for each byte. */
  requests: string[];
  /** Sets the answer to requests from now on. */
  answer(answer: RawAnswer): void;
  /** Returns how many connections it has ever accepted. */
  connectionCount(): number;
  /** Closes its connections, and waits until it has. */
  disconnect(): Promise<void>;
  close(): void;
}

export const OK: RawAnswer = { bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' };

export async function createRawReplica(name: string): Promise<RawReplica> {
  const requests: string[] = [];
  let [answer, connectionCount] = [OK, 0];
  const { address, sockets, close } = await startTcpServer((socket) => {
    connectionCount++;
    let unread = '';
    socket.setEncoding('latin1').on('data', (bytes) => {
      unread += bytes;
      for (let end = messageEnd(unread); end !== undefined; end = messageEnd(unread)) {
        requests.push(unread.slice(0, end));
        unread = unread.slice(end);
        if (answer.closes) socket.end(answer.bytes, 'latin1');
        else socket.write(answer.bytes, 'latin1');
      }
    });
  });
  return {
    name,
    url: `http://${address}`,
    sid: serverId(address),
    requests,
    answer(next) {
      answer = next;
    },
    connectionCount: () => connectionCount,
    async disconnect() {
      await Promise.all(
        [...sockets].map((socket) => {
          const closed = once(socket, 'close');
          socket.destroy();
          return closed;
        }),
      );
    },
    close,
  };
}
