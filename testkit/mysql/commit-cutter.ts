import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * Where the connection breaks: before the server receives the commit, or after the commit and before the client
 * receives the answer.
 */
export type CutAt = 'request' | 'answer';

/** A proxy to a MySQL server that breaks a connection at its `COMMIT`. */
export interface CommitCutter {
  port: number;
  /** Breaks the connection at the next commit. */
  cutNext(at: CutAt): void;
  /** Returns how many connections it has broken. */
  cuts(): number;
  close(): Promise<void>;
}

/** Offset of the command in a client's packet, and the command that carries a statement. */
const COMMAND_OFFSET = 4;
const COM_QUERY = 3;

/**
 * The two ways to end a transaction: a commit, or the prepared statement that commits if everything before it
 * succeeded.
 */
const COMMIT = /(commit and no chain no release|execute finish)$/;

/** Whether a packet is a commit. Attributes of the statement may precede the text. */
function isCommit(packet: Buffer): boolean {
  return packet[COMMAND_OFFSET] === COM_QUERY && COMMIT.test(packet.toString('latin1'));
}

/** MySQL protocol: a response without rows, and the flag that another response follows. */
const OK_PACKET = 0x00;
const MORE_RESULTS = 0x0008;

/** Whether these bytes end with the last response, which answers the commit and has no rows. */
function isAnswered(answers: Buffer): boolean {
  let isLast = false;
  for (let at = 0; at + COMMAND_OFFSET < answers.length; ) {
    const end = at + COMMAND_OFFSET + answers.readUIntLE(at, 3);
    if (end > answers.length) return false;
    const body = answers.subarray(at + COMMAND_OFFSET, end);
    // The two numbers before the status are below 251 in tests, so each takes one byte.
    isLast = body[0] === OK_PACKET && (body.readUInt16LE(3) & MORE_RESULTS) === 0;
    at = end;
  }
  return isLast;
}

/** Starts a proxy to a server on loopback. */
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
