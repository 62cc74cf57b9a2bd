import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A name server that returns the same addresses for every name, until they are changed. */
export interface NameServer {
  /** `host:port`. */
  address: string;
  /** Returns these IPv4 addresses from now on. */
  tell(addresses: readonly string[]): void;
  /** Fails the next query with SERVFAIL, as a name server does when its own upstream is unreachable. */
  failOnce(): void;
  /** Resolves at the next query. */
  untilAsked(): Promise<unknown>;
  close(): void;
}

/** Response code 2, SERVFAIL (RFC 1035 section 4.1.1). */
const FAILURE_FLAGS = 0x8182;
const HEADER_BYTES = 12;
/** An authoritative answer without an error (RFC 1035 section 4.1.1). */
const ANSWER_FLAGS = 0x8580;
/** Pointer to the name in the question, which begins right after the header (RFC 1035 section 4.1.4). */
const NAME_OF_QUESTION = 0xc00c;
const TYPE_A = 1;
const CLASS_IN = 1;

/** Starts a name server on loopback. */
export async function createNameServer(addresses: readonly string[]): Promise<NameServer> {
  let told = addresses;
  let isFailing = false;
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    socket.send(isFailing ? failureTo(query) : answerTo(query, told), port, address);
    isFailing = false;
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    tell(next) {
      told = next;
    },
    failOnce() {
      isFailing = true;
    },
    untilAsked: () => once(socket, 'message'),
    close: () => void socket.close(),
  };
}

/** @param query has one question, as queries of resolvers do */
function answerTo(query: Buffer, addresses: readonly string[]): Buffer {
  const question = query.subarray(HEADER_BYTES);
  const header = Buffer.from(query.subarray(0, HEADER_BYTES));
  header.writeUInt16BE(ANSWER_FLAGS, 2);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, question, ...addresses.map(recordOf)]);
}

function failureTo(query: Buffer): Buffer {
  const answer = Buffer.from(query);
  answer.writeUInt16BE(FAILURE_FLAGS, 2);
  return answer;
}

function recordOf(address: string): Buffer {
  const octets = address.split('.').map(Number);
  const record = Buffer.alloc(16);
  record.writeUInt16BE(NAME_OF_QUESTION, 0);
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(CLASS_IN, 4);
  // Time to live: one second.
  record.writeUInt32BE(1, 6);
  record.writeUInt16BE(octets.length, 10);
  record.set(octets, 12);
  return record;
}
