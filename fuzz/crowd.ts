import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FLAGS, frame, GREETING, TYPES } from './http2/frames.ts';
import { encodeHeaders, FIRST_DYNAMIC, integer, literal } from './http2/hpack.ts';
import { latin1, requestText } from './input.ts';

/** Many connections that each start a request and do not finish it. */
export interface Crowd {
  name: string;
  connections: number;
  /** What each connection sends at once. */
  begin: Buffer;
  /** What each connection sends from time to time, so that it is not idle. */
  drop: Buffer;
}

const LONG_BODY = 1_000_000;
const STREAMS = 100;

/** Crowds of slow clients in HTTP/1. */
export const CROWDS: readonly Crowd[] = [
  {
    name: 'bodies that arrive slowly',
    connections: 1100,
    begin: latin1(requestText({ line: 'POST /nothing-here HTTP/1.1', headers: [`Content-Length: ${LONG_BODY}`] })),
    drop: latin1('b'),
  },
  {
    name: 'large headers that never end',
    connections: 1100,
    begin: latin1(`GET / HTTP/1.1\r\nHost: mooring.test\r\n${largeHeaders(4, 30_000)}`),
    drop: latin1('h'),
  },
  {
    name: 'bodies that lack one byte',
    connections: 1100,
    begin: latin1(
      requestText({ line: 'PUT /x HTTP/1.1', headers: ['Content-Length: 65536'], body: 'b'.repeat(65_535) }),
    ),
    drop: Buffer.alloc(0),
  },
];

const POST: [string, string][] = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/nothing-here'],
  [':authority', 'mooring.test'],
  ['content-length', `${LONG_BODY}`],
];

/** Crowds in HTTP/2, where one connection carries as much as a hundred in HTTP/1. */
export const CROWDS_HTTP2: readonly Crowd[] = [
  {
    name: 'streams whose bodies never arrive',
    connections: 60,
    begin: Buffer.concat([
      GREETING,
      ...streams((stream) => frame(TYPES.headers, FLAGS.endHeaders, stream, encodeHeaders(POST))),
    ]),
    drop: frame(TYPES.ping, 0, 0, Buffer.alloc(8)),
  },
  {
    name: 'streams that share a large header by its index',
    connections: 60,
    begin: Buffer.concat([GREETING, ...streams(indexedHeaders)]),
    drop: frame(TYPES.ping, 0, 0, Buffer.alloc(8)),
  },
];

function streams(make: (stream: number) => Buffer): Buffer[] {
  return Array.from({ length: STREAMS }, (_, nth) => make(1 + 2 * nth));
}

/** The first stream adds a header of almost 4 kB to the table. All streams refer to it thirty times and do not end. */
function indexedHeaders(stream: number): Buffer {
  const added = stream === 1 ? [literal('x-large', 'l'.repeat(3900), { isIndexed: true })] : [];
  const again = Array.from({ length: 30 }, () => integer(FIRST_DYNAMIC, 7, 0x80));
  return frame(TYPES.headers, FLAGS.endHeaders, stream, Buffer.concat([encodeHeaders(POST), ...added, ...again]));
}

function largeHeaders(count: number, length: number): string {
  return Array.from({ length: count }, (_, nth) => `X-Large-${nth}: ${'h'.repeat(length)}\r\n`).join('');
}

/** Open connections of a crowd. */
export interface Gathering {
  /** Returns how many connections the server has not closed. */
  open(): number;
  leave(): void;
}

const DROP_INTERVAL_MS = 1000;

/** Connects a crowd from a few addresses. Each connection starts its request. */
export async function gather(crowd: Crowd, port: number, addresses: readonly string[]): Promise<Gathering> {
  const sockets = new Set<Socket>();
  const connected = Array.from({ length: crowd.connections }, async (_, nth) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: addresses[nth % addresses.length] });
    // An error or a close means that the server has dealt with the connection.
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.resume();
    sockets.add(socket);
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => {});
    socket.write(crowd.begin);
  });
  await Promise.all(connected);
  const timer = setInterval(() => {
    for (const socket of sockets) if (crowd.drop.length > 0 && socket.writable) socket.write(crowd.drop);
  }, DROP_INTERVAL_MS);
  return {
    open: () => sockets.size,
    leave() {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
    },
  };
}
