import { createRandom, type Random } from '../../testkit/random.ts';
import { type Input, type Step, type Surroundings, sends } from '../input.ts';
import { frame, GREETING, PREFACE, settings, TYPES } from './frames.ts';
import { bodies } from './generators/bodies.ts';
import type { Generator } from './generators/conversation.ts';
import { floods } from './generators/floods.ts';
import { headers } from './generators/headers.ts';
import { innocent } from './generators/innocent.ts';
import { noise } from './generators/noise.ts';
import { order } from './generators/order.ts';
import { tables } from './generators/tables.ts';

const GENERATORS: Generator[] = [
  innocent,
  innocent,
  headers,
  headers,
  headers,
  bodies,
  bodies,
  order,
  order,
  floods,
  tables,
  noise,
];

/** Returns the input in HTTP/2 frames with this number in the run with this seed, always the same. */
export function generateHttp2(seed: number, index: number, surroundings: Surroundings): Input {
  const random = createRandom(seed, index);
  const generator = random.pick(GENERATORS);
  const { parts, requests, innocents = 0 } = generator(random, surroundings);
  const greeting = generator === innocent || random.chance(0.95) ? GREETING : oddGreeting(random);
  const steps = [greeting, ...parts].map((part): Step => (Buffer.isBuffer(part) ? sends(part) : part));
  return { kind: `http2 ${generator.name}`, steps, requests, ...(innocents > 0 && { answers: innocents, innocents }) };
}

function oddGreeting(random: Random): Buffer {
  return random.pick([
    PREFACE,
    PREFACE.subarray(0, random.int(1, PREFACE.length - 1)),
    Buffer.concat([PREFACE, settings([random.int(0, 20), random.int(0, 0xffffffff)])]),
    Buffer.concat([PREFACE, frame(TYPES.settings, 0, 0, random.bytes(random.int(1, 11)))]),
  ]);
}
