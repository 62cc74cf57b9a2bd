import type { Random } from '../../../testkit/random.ts';
import { FLAGS, frame, MAX_FRAME, TYPES } from '../frames.ts';
import type { HeaderList } from '../hpack.ts';
import { type Conversation, get, request, SMUGGLED } from './conversation.ts';

/** Generates bodies with a length other than announced, and requests inside them. */
export function bodies(random: Random): Conversation {
  const method = random.pick(['POST', 'PUT', 'GET', 'PATCH', 'DELETE']);
  const path = random.pick(['/let-go', '/', '/nothing']);
  const said = random.pick(['0', '1', '5', `${SMUGGLED.length}`, '100000', '5, 5', '+5', '0x5', '']);
  const length: HeaderList = random.chance(0.7) ? [['content-length', said]] : [];
  const body = Buffer.from(
    random.pick([SMUGGLED, `0\r\n\r\n${SMUGGLED}`, 'hello', '', 'b'.repeat(random.pick([100, 16_384]))]),
  );
  const padded = random.chance(0.2) ? Buffer.concat([Buffer.of(random.int(0, 255)), body]) : body;
  const pieces = random.chance(0.5) ? [padded] : [padded.subarray(0, 3), padded.subarray(3)];
  const flags = padded === body ? 0 : FLAGS.padded;
  const isEnded = random.chance(0.8);
  const data = pieces.map((piece, nth) =>
    frame(
      TYPES.data,
      flags | (isEnded && nth === pieces.length - 1 ? FLAGS.endStream : 0),
      1,
      piece.subarray(0, MAX_FRAME),
    ),
  );
  const trailers = random.chance(0.2) ? [get(1, [['x-trailer', `a\r\n${SMUGGLED}`]])] : [];
  return { parts: [get(1, request(length, { path, method }), FLAGS.endHeaders), ...data, ...trailers], requests: 1 };
}
