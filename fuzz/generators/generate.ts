import { createRandom, type Random } from '../../testkit/random.ts';
import { type Input, requestText, type Surroundings, sends } from '../input.ts';
import { cookies } from './cookies.ts';
import { forwarded } from './forwarded.ts';
import { framing } from './framing.ts';
import { headers } from './headers.ts';
import { mutate } from './mutate.ts';
import { paths } from './paths.ts';
import { requestLine } from './request-lines.ts';
import { slow } from './slow.ts';
import { webSockets } from './websockets.ts';

type Generator = (random: Random, surroundings: Surroundings) => Input;

/** Some generators are listed more than once, because most errors happen at the end of a request. */
const GENERATORS: Generator[] = [
  ...[requestLine, requestLine, headers, headers, framing, framing, framing, cookies, cookies, forwarded, forwarded],
  ...[paths, paths, webSockets, slow, innocent],
];

/** Returns the input with this number in the run with this seed, always the same. */
export function generate(seed: number, index: number, surroundings: Surroundings): Input {
  const random = createRandom(seed, index);
  const input = random.pick(GENERATORS)(random, surroundings);
  if (random.chance(0.2)) return mutate(random, input);
  return random.chance(0.12) ? pipeline(random, surroundings, input) : input;
}

/** Generates a valid request. It must be answered, whatever comes after it. */
function innocent(random: Random): Input {
  const line = random.pick(['GET / HTTP/1.1', 'GET /showcount HTTP/1.1', 'GET /healthz HTTP/1.1', 'HEAD / HTTP/1.1']);
  return { kind: 'innocent', steps: [sends(requestText({ line }))], answers: 1, innocents: 1 };
}

/** Generates valid requests and a hostile one on the same connection. */
function pipeline(random: Random, surroundings: Surroundings, hostile: Input): Input {
  const before = Array.from({ length: random.int(1, 3) }, () => innocent(random));
  const after = random.chance(0.5) ? [random.pick(GENERATORS)(random, surroundings)] : [];
  const inputs = [...before, hostile, ...after];
  return { kind: `${hostile.kind}, pipelined`, steps: inputs.flatMap(({ steps }) => steps), innocents: before.length };
}
