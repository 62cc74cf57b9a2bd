import type { Random } from '../../../testkit/random.ts';
import { frame, MAX_FRAME, TYPES } from '../frames.ts';
import { encodeHeaders, FIRST_DYNAMIC, integer, literal } from '../hpack.ts';
import { type Conversation, END, get, request } from './conversation.ts';

/**
 * Attacks the header table: indexes without an entry, changing sizes, one large header that is referred to repeatedly.
 */
export function tables(random: Random): Conversation {
  const large = literal('x-large', 'l'.repeat(random.pick([100, 3900, 4000])), { isIndexed: true });
  const again = integer(FIRST_DYNAMIC, 7, 0x80);
  const block = random.pick([
    () =>
      Buffer.concat([
        encodeHeaders(request()),
        large,
        ...Array.from({ length: random.pick([10, 60, 4000]) }, () => again),
      ]),
    () => Buffer.concat([encodeHeaders(request()), integer(random.pick([0, 62, 63, 100, 2 ** 30]), 7, 0x80)]),
    () => Buffer.concat([integer(random.pick([0, 4096, 4097, 2 ** 31]), 5, 0x20), encodeHeaders(request())]),
    () => Buffer.concat([encodeHeaders(request()), Buffer.of(0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)]),
    () => Buffer.concat([encodeHeaders(request()), Buffer.of(0x00, 0x01, 0x78, 0x84), random.bytes(4)]),
    () => random.bytes(random.int(1, 200)),
  ])();
  return { parts: [frame(TYPES.headers, END, 1, block.subarray(0, MAX_FRAME)), get(3)], requests: 2 };
}
