import { expect, test } from 'vitest';
import { affinityCookieOfLines } from './joined-cookies.ts';

test.each([
  [undefined, undefined],
  ['a=1', undefined],
  ['srv_id=x; a=1', 'x'],
  ['a=1, srv_id=x; b=2', 'x'],
  ['srv_id=x, b=2', 'x'],
  ['a=1, srv_id=x, srv_id=y', 'x'],
  ['srv_id=, srv_id=y', 'y'],
])('the affinity cookie of the joined lines %j is %j', (header, cookie) => {
  expect(affinityCookieOfLines(header)).toBe(cookie);
});
