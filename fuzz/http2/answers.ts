import type { ParsedAnswers, WireAnswer } from '../answers.ts';
import { FLAGS, HEAD_LENGTH, TYPES } from './frames.ts';
import { decodeHeaders } from './hpack.ts';

interface Stream {
  block: Buffer[];
  answer?: WireAnswer;
  isEnded: boolean;
}

/** Whether a server speaks HTTP/2, whose first frame must be SETTINGS. */
export function isHttp2(received: Buffer): boolean {
  return received.length >= HEAD_LENGTH && received[3] === TYPES.settings && received.readUInt32BE(5) === 0;
}

/** Parses the responses on a connection, in the order of their streams. */
export function parseHttp2(received: Buffer): ParsedAnswers {
  const streams = new Map<number, Stream>();
  let isGoingAway = false;
  let problem: string | undefined;

  function take(type: number, flags: number, id: number, payload: Buffer): void {
    // A connection error ends its streams in their current state.
    if (type === TYPES.goaway) isGoingAway = true;
    if (id === 0) return;
    const stream = streams.get(id) ?? { block: [], isEnded: false };
    streams.set(id, stream);
    if (type === TYPES.headers || type === TYPES.continuation) {
      stream.block.push(type === TYPES.headers ? withoutPadding(payload, flags) : payload);
      if (flags & FLAGS.endHeaders) endBlock(stream);
    } else if (type === TYPES.data && !stream.answer) problem = `stream ${id} has a body and no headers`;
    const mayEnd = type === TYPES.headers || type === TYPES.data;
    if (type === TYPES.rstStream || (mayEnd && flags & FLAGS.endStream)) stream.isEnded = true;
  }

  let at = 0;
  for (; at + HEAD_LENGTH <= received.length && problem === undefined; ) {
    const end = at + HEAD_LENGTH + received.readUIntBE(at, 3);
    if (end > received.length) break;
    const id = received.readUInt32BE(at + 5) & 0x7fffffff;
    try {
      take(received[at + 3] as number, received[at + 4] as number, id, received.subarray(at + HEAD_LENGTH, end));
    } catch (error) {
      problem = (error as Error).message;
    }
    at = end;
  }
  const isPartial =
    !isGoingAway && (at < received.length || [...streams.values()].some(({ answer, isEnded }) => answer && !isEnded));
  const answers = [...streams]
    .sort(([a], [b]) => a - b)
    .flatMap(([, { answer, isEnded }]) => (answer && isEnded ? [answer] : []));
  return { answers, isUpgraded: false, isPartial, ...(problem !== undefined && { problem }) };
}

function endBlock(stream: Stream): void {
  const headers = new Map(decodeHeaders(Buffer.concat(stream.block)));
  stream.block = [];
  const status = Number(headers.get(':status'));
  // Trailers have no status.
  if (Number.isNaN(status)) return;
  if (status >= 200) stream.answer = { status, headers };
}

function withoutPadding(payload: Buffer, flags: number): Buffer {
  const padding = flags & FLAGS.padded ? (payload[0] ?? 0) : 0;
  const from = (flags & FLAGS.padded ? 1 : 0) + (flags & FLAGS.priority ? 5 : 0);
  return payload.subarray(from, payload.length - padding);
}
