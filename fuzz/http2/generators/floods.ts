import type { Random } from '../../../testkit/random.ts';
import { frame, settings, TYPES, uint32 } from '../frames.ts';
import { encodeHeaders, literal } from '../hpack.ts';
import { type Conversation, get, type Part, request } from './conversation.ts';

/** Generates many frames that cost the server more than the client. */
export function floods(random: Random): Conversation {
  const times = random.pick([50, 200, 1000]);
  const many = (make: (nth: number) => Buffer) => Buffer.concat(Array.from({ length: times }, (_, nth) => make(nth)));
  const flood = random.pick([
    () => many(() => frame(TYPES.ping, 0, 0, Buffer.alloc(8))),
    () => many(() => settings([3, 100])),
    () => many(() => frame(TYPES.priority, 0, 2 ** 20 + 1, Buffer.alloc(5))),
    () => many(() => frame(TYPES.data, 0, 1, Buffer.alloc(0))),
    () => many(() => frame(TYPES.windowUpdate, 0, 0, uint32(1))),
    () =>
      Buffer.concat([
        frame(TYPES.headers, 0, 1, encodeHeaders(request())),
        many(() => frame(TYPES.continuation, 0, 1, literal('x', 'y'.repeat(60)))),
      ]),
    () => many(() => frame(TYPES.continuation, 0, 1, Buffer.alloc(0))),
    // Streams that are opened and reset at once.
    () => many((nth) => Buffer.concat([get(1 + 2 * nth), frame(TYPES.rstStream, 0, 1 + 2 * nth, uint32(8))])),
  ])();
  const leave: Part[] = random.chance(0.5) ? [{ kind: 'reset' }] : [];
  return { parts: [flood, ...leave], requests: times };
}
