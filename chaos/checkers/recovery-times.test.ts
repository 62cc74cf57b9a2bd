import { expect, test } from 'vitest';
import { evidence } from './evidence.ts';
import { recoveryTimesCheck } from './recovery-times.ts';

const recovery = { what: 'the member of machine-2', atMs: 10_000, untilMs: 40_000, withinMs: 30_000 };
const find = (fields: Partial<typeof recovery>) =>
  recoveryTimesCheck.find(evidence({ recoveries: [{ ...recovery, ...fields }] })).map(({ message }) => message);

test('accepts what is back in time', () => {
  expect(find({})).toEqual([]);
});

test('finds what was back too late, or not at all', () => {
  expect(find({ untilMs: 40_001 })).toEqual([
    'the member of machine-2 took 30.001 s to come back, from 10.000 s on; the limit is 30.000 s',
  ]);
  expect(find({ untilMs: undefined as never })).toEqual([
    'the member of machine-2 did not come back, from 10.000 s on; the limit is 30.000 s',
  ]);
});
