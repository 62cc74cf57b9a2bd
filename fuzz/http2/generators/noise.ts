import type { Random } from '../../../testkit/random.ts';
import { frame, TYPES } from '../frames.ts';
import { type Conversation, get, request } from './conversation.ts';

/** Generates a valid connection with some bytes changed, or random bytes. */
export function noise(random: Random): Conversation {
  const right = Buffer.concat([get(1), get(3, request([['cookie', 'a=b']])), frame(TYPES.ping, 0, 0, Buffer.alloc(8))]);
  for (let time = random.int(1, 4); time > 0; time--) right[random.int(0, right.length - 1)] = random.int(0, 255);
  const cut = right.subarray(0, random.int(1, right.length));
  return { parts: [random.pick([right, cut, random.bytes(random.int(1, 400))])], requests: 8 };
}
