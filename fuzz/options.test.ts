import { expect, test } from 'vitest';
import { parseFuzzOptions } from './options.ts';

test('by default all targets share 18000 inputs with a new seed', () => {
  expect(parseFuzzOptions([])).toEqual({
    inputs: 18000,
    seed: expect.any(Number),
    from: 0,
    concurrency: 64,
    targets: ['origin', 'worker', 'nginx', 'http2'],
  });
});

test('flags select a replay', () => {
  expect(parseFuzzOptions(['--target', 'worker', '--seed', '7', '--from', '41', '--inputs', '1'])).toMatchObject({
    targets: ['worker'],
    seed: 7,
    from: 41,
    inputs: 1,
  });
});

test.each([
  [['--target', 'apache'], '--target: expected one of origin, worker, nginx, http2, all, got "apache"'],
  [['--inputs', '0'], '--inputs: expected a whole number from 1, got "0"'],
  [['--seed', 'x'], '--seed: expected a whole number from 0, got "x"'],
  [['--nonsense'], "Unknown option '--nonsense'"],
])('%j is rejected', (flags, problem) => {
  expect(() => parseFuzzOptions(flags)).toThrow(problem);
});
