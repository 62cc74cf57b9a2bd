import { expect, onTestFinished, test, vi } from 'vitest';
import { createContainerEnds, untilTold } from './container-ends.ts';

function setUp() {
  const unasked: string[] = [];
  const ends = createContainerEnds(
    () => 7,
    (id, name, { exitCode }) => unasked.push(`${id} ${name} ${exitCode}`),
  );
  return { ends, unasked };
}

test('an expected end is reported to its caller, and the next one is unexpected', async () => {
  const { ends, unasked } = setUp();
  const { ended } = ends.ask('a');
  ends.take('a 143 origin-1');
  expect(await ended).toEqual({ atMs: 7, exitCode: 143 });
  expect(unasked).toEqual([]);
  ends.take('a 1 origin-1');
  ends.take('b 137 edge-1');
  expect(unasked).toEqual(['a origin-1 1', 'b edge-1 137']);
});

test('the end of a container that was spared is unexpected', async () => {
  const { ends, unasked } = setUp();
  const { ended, spare } = ends.ask('a');
  spare();
  ends.take('a 1 origin-1');
  expect(await ended).toBeUndefined();
  expect(unasked).toEqual(['a origin-1 1']);
});

test('no call waits forever for an end that is never reported', async () => {
  const { ends } = setUp();
  const before = ends.ask('a');
  ends.lose();
  expect(await before.ended).toBeUndefined();
  expect(await ends.ask('b').ended).toBeUndefined();
});

test('the wait for an end that was reported before is short', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { ends } = setUp();
  const told = untilTold([ends.ask('a'), ends.ask('b')]);
  ends.take('a 0 origin-1');
  await vi.runAllTimersAsync();
  expect(await told).toEqual([{ atMs: 7, exitCode: 0 }, undefined]);
});
