import type { Random } from '../../../testkit/random.ts';
import { FLAGS, frame, TYPES, uint32 } from '../frames.ts';
import { encodeHeaders } from '../hpack.ts';
import { type Conversation, END, get, request } from './conversation.ts';

/** Generates frames where their type is not allowed. */
export function order(random: Random): Conversation {
  const block = encodeHeaders(request());
  const stream = random.pick([0, 1, 1, 1, 2, 3, 5, 0x7fffffff, 0xffffffff]);
  const odd = random.pick([
    () => frame(TYPES.data, FLAGS.endStream, stream, Buffer.from('x')),
    () => frame(TYPES.continuation, FLAGS.endHeaders, stream, block),
    () => Buffer.concat([frame(TYPES.headers, 0, 1, block.subarray(0, 4)), frame(TYPES.ping, 0, 0, random.bytes(8))]),
    () =>
      Buffer.concat([
        frame(TYPES.headers, 0, 1, block.subarray(0, 4)),
        frame(TYPES.continuation, FLAGS.endHeaders, 3, block.subarray(4)),
      ]),
    () => Buffer.concat([get(3), get(1)]),
    () => Buffer.concat([get(1), get(1)]),
    () => frame(TYPES.pushPromise, FLAGS.endHeaders, stream, Buffer.concat([uint32(2), block])),
    () => frame(TYPES.windowUpdate, 0, stream, uint32(random.pick([0, 1, 0x7fffffff, 0xffffffff]))),
    () => frame(TYPES.rstStream, 0, stream, random.bytes(random.pick([4, 4, 3, 5]))),
    () => frame(TYPES.priority, 0, stream, Buffer.concat([uint32(stream), Buffer.of(255)])),
    () => frame(TYPES.headers, END | FLAGS.priority, 1, Buffer.concat([uint32(1), Buffer.of(0), block])),
    () => frame(TYPES.headers, END | FLAGS.padded, 1, Buffer.concat([Buffer.of(255), block])),
    () =>
      frame(TYPES.goaway, 0, 0, Buffer.concat([uint32(0), uint32(random.int(0, 20)), random.bytes(random.int(0, 40))])),
    () => frame(random.int(10, 255), random.int(0, 255), stream, random.bytes(random.int(0, 60))),
    () => frame(TYPES.data, 0, 1, Buffer.alloc(0), random.pick([16_385, 0xffffff])),
  ])();
  return { parts: [get(1), odd, get(7)], requests: 8 };
}
