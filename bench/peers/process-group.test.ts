import { expect, test } from 'vitest';
import { parseStat } from './process-group.ts';

test.each([
  ['41 (haproxy) S 40 39 7 0 -1 4194304 1', { pid: 41, name: 'haproxy', group: 39 }],
  ['41 (a (b) 1 2 3) R 40 39 7 0 -1', { pid: 41, name: 'a (b) 1 2 3', group: 39 }],
  ['', undefined],
])('of %j', (line, entry) => {
  expect(parseStat(line)).toEqual(entry);
});
