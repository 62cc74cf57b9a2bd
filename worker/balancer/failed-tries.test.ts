import { expect, test } from 'vitest';
import type { Peer } from '../upstream/upstream.ts';
import { createFailedTries } from './failed-tries.ts';

function setUp() {
  const clock = { nowMs: 0 };
  const lines: unknown[] = [];
  const write = (fields: object, message: string) => void lines.push([message, fields]);
  const log = { debug: write, info: write, warn: write, error: write };
  const tries = createFailedTries({ log, monotonicMs: () => clock.nowMs });
  return { clock, lines, tries, a: { address: 'a' } as Peer, b: { address: 'b' } as Peer };
}

test('tries that fail are logged while they are rare, then once a second with a count', () => {
  const { clock, lines, tries, a } = setUp();
  for (let count = 0; count < 1000; count++) tries.failed(a, 'refused');
  expect(lines).toHaveLength(10);
  clock.nowMs = 1000;
  tries.failed(a, 'refused');
  expect(lines.slice(10)).toEqual([['upstream failed', { peer: 'a', reason: 'refused', notLogged: 990 }]]);
});

test('a peer that serves again is logged once, with the number of tries that failed', () => {
  const { clock, lines, tries, a, b } = setUp();
  tries.failed(a, 'refused');
  tries.failed(a, 'refused');
  clock.nowMs = 2000;
  for (const peer of [b, a, a]) tries.answered(peer);
  expect(lines.slice(2)).toEqual([['upstream answers again', { peer: 'a', failedTries: 2 }]]);
});

test('a peer at which tries fail in between does not serve again yet', () => {
  const { clock, lines, tries, a } = setUp();
  for (clock.nowMs = 0; clock.nowMs < 5000; clock.nowMs += 1000) {
    tries.failed(a, 'refused');
    clock.nowMs += 999;
    tries.answered(a);
  }
  expect(lines.filter((line) => (line as string[])[0] !== 'upstream failed')).toEqual([]);
});
