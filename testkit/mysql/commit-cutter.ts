import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** When the connection breaks: before the server hears of the commit, or after it did it and before its answer is back. */
export type CutAt = 'request' | 'answer';

/** A way to a MySQL server that breaks at a `COMMIT`. */
export interface CommitCutter {
  port: number;
  /** Breaks the connection at the next commit. */
  cutNext(at: CutAt): void;
  /** How many connections it has broken. */
  cuts(): number;
  close(): Promise<void>;
}

/** Where a packet of the client has its command, and the command that is followed by a statement. */
const COMMAND_OFFSET = 4;
const COM_QUERY = 3;

/** How a transaction ends: by a commit, or by the statement that is one if all went well. */
const COMMIT = /(commit and no chain no release|execute finish)$/;

/** Whether a client sends a commit. Attributes of the statement may stand before it. */
function isCommit(packet: Buffer): boolean {
  return packet[COMMAND_OFFSET] === COM_QUERY && COMMIT.test(packet.toString('latin1'));
}

/** Of the protocol: an answer of no rows, and the flag of one that another answer follows. */
const OK_PACKET = 0x00;
const MORE_RESULTS = 0x0008;

/** Whether what a server answered ends with the last of its answers, which is the one to the commit and has no rows. */
function isAnswered(answers: Buffer): boolean {
  let isLast = false;
  for (let at = 0; at + COMMAND_OFFSET < answers.length; ) {
    const end = at + COMMAND_OFFSET + answers.readUIntLE(at, 3);
    if (end > answers.length) return false;
    const body = answers.subarray(at + COMMAND_OFFSET, end);
    // Both numbers before the status are below 251 in tests, and take a byte each.
    isLast = body[0] === OK_PACKET && (body.readUInt16LE(3) & MORE_RESULTS) === 0;
    at = end;
  }
  return isLast;
}

/** Opens a way to a server of loopback. */
export async function createCommitCutter(targetPort: number): Promise<CommitCutter> {
  const sockets = new Set<Socket>();
  let next: CutAt | undefined;
  let cuts = 0;

  function cut(client: Socket, upstream: Socket): void {
    cuts++;
    client.destroy();
    upstream.destroy();
  }

  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    let cutAtAnswer = false;
    let answers = Buffer.alloc(0);
    client.on('data', (data: Buffer) => {
      const at = isCommit(data) ? next : undefined;
      if (at) next = undefined;
      if (at === 'request') return cut(client, upstream);
      cutAtAnswer = at === 'answer';
      upstream.write(data);
    });
    upstream.on('data', (data: Buffer) => {
      if (!cutAtAnswer) return client.write(data);
      answers = Buffer.concat([answers, data]);
      return isAnswered(answers) && cut(client, upstream);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    cutNext(at) {
      next = at;
    },
    cuts: () => cuts,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
