import { expect, test } from 'vitest';
import { createMemoryWatch } from './memory.ts';

const MB = 1024 * 1024;

/** Watches processes whose size is a function of the sample's number. */
async function watch(samples: number, processes: ((nth: number) => number | undefined)[]) {
  let reads = 0;
  const pids = [...processes.keys()];
  const { sample, growth } = createMemoryWatch(pids, async (pid) =>
    processes[pid]?.(Math.floor(reads++ / pids.length)),
  );
  for (let nth = 0; nth < samples; nth++) await sample();
  return growth();
}

const STEADY = () => 900 * MB;

test.each([
  { what: 'stays', bytes: () => 200 * MB, isTooMuch: false },
  { what: 'grows while it warms up', bytes: (nth: number) => (nth < 3 ? 50 : 200) * MB, isTooMuch: false },
  { what: 'goes up and down', bytes: (nth: number) => (200 + 60 * (nth % 2)) * MB, isTooMuch: false },
  { what: 'grows with every input', bytes: (nth: number) => (100 + 10 * nth) * MB, isTooMuch: true },
])('memory that $what is too much: $isTooMuch, beside a larger process, too', async ({ bytes, isTooMuch }) => {
  expect(await watch(30, [STEADY, bytes])).toMatchObject({ isTooMuch });
});

test('small growth of each process is too much when the sum is too large', async () => {
  const each = (nth: number) => (100 + 2 * nth) * MB;
  expect(await watch(30, [each])).toMatchObject({ isTooMuch: true });
  expect(await watch(30, [() => 100 * MB, () => 100 * MB])).toMatchObject({ isTooMuch: false });
});

test('the result is the sum of all processes', async () => {
  expect(await watch(30, [STEADY, () => 100 * MB])).toEqual({ early: 1000 * MB, late: 1000 * MB, isTooMuch: false });
});

test.each([
  { what: 'a few samples', samples: 9, processes: [STEADY] },
  { what: 'no process', samples: 30, processes: [] },
  { what: 'a process whose memory cannot be read', samples: 30, processes: [STEADY, () => undefined] },
  {
    what: 'a process that exits before the end',
    samples: 30,
    processes: [(nth: number) => (nth < 29 ? MB : undefined)],
  },
])('$what gives no result', async ({ samples, processes }) => {
  expect(await watch(samples, processes)).toBeUndefined();
});
