import type { Random } from '../../testkit/random.ts';
import type { Input, Step } from '../input.ts';

const TELLING = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '%',
  '/',
  '\\',
  '"',
  '\u00ff',
  '\u0080',
  '0',
  '-1',
];

/** Changes an input in a few places: flips, removes, inserts, doubles or cuts off bytes. */
export function mutate(random: Random, input: Input): Input {
  const steps = input.steps.map((step): Step => {
    if (step.kind !== 'send') return step;
    let { bytes } = step;
    for (let time = random.int(1, 4); time > 0; time--) bytes = change(random, bytes);
    return { kind: 'send', bytes };
  });
  return { kind: `${input.kind}, mutated`, steps };
}

function change(random: Random, bytes: Buffer): Buffer {
  const at = random.int(0, Math.max(0, Math.min(bytes.length, 2000) - 1));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  return random.pick([
    () => Buffer.concat([before, Buffer.of((after[0] ?? 0) ^ (1 << random.int(0, 7))), after.subarray(1)]),
    () => Buffer.concat([before, after.subarray(random.int(1, 10))]),
    () => Buffer.concat([before, Buffer.from(random.pick(TELLING), 'latin1'), after]),
    () => Buffer.concat([before, random.bytes(random.int(1, 8)), after]),
    () => Buffer.concat([before, after.subarray(0, random.int(1, 40)), after]),
    () => before,
  ])();
}
