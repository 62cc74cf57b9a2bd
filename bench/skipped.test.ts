import { expect, test } from 'vitest';
import { InterruptedError } from '../cli/interrupt-signal.ts';
import { MissingPeerError } from './peers/peer.ts';
import { makeEach, rowsOrSkipped } from './skipped.ts';

const throwing = (error: Error) => async () => {
  throw error;
};
const missing = new MissingPeerError('caddy', ['caddy']);

test('a failure of one name does not affect the others, and does not count as a missing program', async () => {
  const said: string[] = [];
  const makers = { a: async () => 1, b: throwing(new Error('broke\nin two')), c: throwing(missing), d: async () => 4 };
  const names = ['a', 'b', 'c', 'd'] as const;
  const result = await makeEach(
    names,
    (name) => makers[name](),
    (line) => said.push(line),
  );
  expect(result).toEqual({
    made: { a: 1, d: 4 },
    absent: { b: { missing: 'broke', hasFailed: true }, c: { missing: missing.message } },
  });
  expect(said).toEqual([expect.stringContaining('in two')]);
});

test('rows that cannot be measured become one row', async () => {
  const row = { name: 'all of it', figures: {} };
  const say = () => {};
  expect(await rowsOrSkipped('all of it', async () => [row, row], say)).toEqual([row, row]);
  expect(await rowsOrSkipped('all of it', throwing(new Error('broke')), say)).toEqual([
    { ...row, missing: 'broke', hasFailed: true },
  ]);
});

test('an interruption does not count as a failure of the current measurement', async () => {
  const interrupted = throwing(new InterruptedError('broken off'));
  await expect(makeEach(['a'], interrupted, () => {})).rejects.toThrow(InterruptedError);
  await expect(rowsOrSkipped('a', interrupted, () => {})).rejects.toThrow(InterruptedError);
});
