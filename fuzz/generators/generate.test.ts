import { expect, test } from 'vitest';
import { bytesOf, type Surroundings } from '../input.ts';
import { generate } from './generate.ts';

const SURROUNDINGS: Surroundings = { canary: '127.0.0.1:9', sids: ['a'.repeat(32), 'b'], webSocketSid: 'b' };
const inputs = (seed: number) => Array.from({ length: 600 }, (_, index) => generate(seed, index, SURROUNDINGS));

test('the same seed gives the same inputs, and another seed other inputs', () => {
  const bytes = (seed: number) => Buffer.concat(inputs(seed).map(bytesOf));
  expect(bytes(1).equals(bytes(1))).toBe(true);
  expect(bytes(2).equals(bytes(1))).toBe(false);
});

test('every kind of input occurs, unchanged, mutated and pipelined', () => {
  const kinds = new Set(inputs(1).map(({ kind }) => kind));
  for (const kind of ['request-line', 'headers', 'framing', 'cookies', 'forwarded', 'paths', 'websockets', 'slow'])
    for (const change of ['', ', mutated', ', pipelined']) expect(kinds).toContain(`${kind}${change}`);
});
