import type { Random } from '../../../testkit/random.ts';
import { type Conversation, get, request } from './conversation.ts';

/** Generates several valid requests at the same time. */
export function innocent(random: Random): Conversation {
  const count = random.int(1, 8);
  const paths = Array.from({ length: count }, () => random.pick(['/', '/showcount', '/healthz']));
  const parts = paths.map((path, nth) => get(1 + 2 * nth, request([['accept', 'text/plain']], { path })));
  return { parts: [Buffer.concat(parts)], requests: count, innocents: count };
}
