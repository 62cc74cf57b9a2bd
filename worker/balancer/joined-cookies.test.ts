import { expect, test } from 'vitest';
import { affinityLine } from './affinity-line.ts';

test.each([
  [undefined, undefined],
  ['a=1', undefined],
  ['srv_id=x; a=1', 'srv_id=x; a=1'],
  ['a=1, srv_id=x; b=2', 'srv_id=x; b=2'],
  ['srv_id=x, b=2', 'srv_id=x'],
  ['a=1, srv_id=x, srv_id=y', 'srv_id=x'],
])('the affinity cookie of the joined lines %j is in %j', (header, line) => {
  expect(affinityLine(header)).toBe(line);
});
