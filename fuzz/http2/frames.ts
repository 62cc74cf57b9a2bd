export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export const TYPES = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FLAGS = { endStream: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

export const HEAD_LENGTH = 9;
/** Maximum payload unless a side announces another one. */
export const MAX_FRAME = 16_384;

/** Builds a frame, valid or not. @param length the announced length, if it differs from the payload's */
export function frame(type: number, flags: number, stream: number, payload: Buffer, length = payload.length): Buffer {
  const head = Buffer.alloc(HEAD_LENGTH);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream >>> 0, 5);
  return Buffer.concat([head, payload]);
}

/** Encodes a 32-bit number, the whole payload of some frames. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** Builds a SETTINGS frame (RFC 9113 section 6.5). */
export function settings(...values: [id: number, value: number][]): Buffer {
  const payload = Buffer.concat(
    values.map(([id, value]) => Buffer.concat([Buffer.of(id >> 8, id & 255), uint32(value)])),
  );
  return frame(TYPES.settings, 0, 0, payload);
}

const INITIAL_WINDOW_SIZE = 4;
/** The client's window for each response, so large that no response waits for more (RFC 9113 section 6.5.2). */
const WINDOW = 2 ** 24;

/**
 * The start of a client's connection. It never acknowledges the server's settings, because it may do so only after it
 * has received them.
 */
export const GREETING = Buffer.concat([
  PREFACE,
  settings([INITIAL_WINDOW_SIZE, WINDOW]),
  frame(TYPES.windowUpdate, 0, 0, uint32(WINDOW)),
]);
