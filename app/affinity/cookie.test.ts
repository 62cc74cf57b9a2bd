import { describe, expect, test } from 'vitest';
import { readAffinityCookie } from './cookie.ts';

const SID = 'e73eb7edc6b16f4bfdbfe7bd78f9ac14';

// Each header was sent to Nginx 1.30.6; the tables show how Nginx parsed it.
describe('readAffinityCookie', () => {
  test.each([
    'srv_id=S',
    'SRV_ID=S',
    'Srv_Id=S',
    'a=b; srv_id=S',
    'a=b;srv_id=S',
    'a=b;  srv_id=S',
    '; srv_id=S',
    'a=b;;srv_id=S',
    'srv_id=S; a=b',
    'srv_id=S;a=b',
    'srv_id =S',
    'srv_id= S',
    'srv_id = S',
    'xsrv_id=bad; srv_id=S',
    'a="x; srv_id=S; y"',
    '$Version=1; srv_id=S; $Path=/',
    'srv_idx=1; srv_id=S',
    'srv_idx; srv_id=S',
    'srv_id; x=1; srv_id=S',
    'srv_id ;y; srv_id=S',
    'junk=\u00ff\u00fe\u00e9; srv_id=S',
    `a=${'x'.repeat(50_000)}; srv_id=S`,
  ])('finds the server id in %j', (header) => {
    expect(readAffinityCookie(header.replace(/\bS\b/, SID))).toBe(SID);
  });

  test.each([
    ['srv_id="S"', '"S"'],
    ['srv_id=S ;a=b', 'S '],
    ['srv_id=S,', 'S,'],
    ['srv_id=S, a=b', 'S, a=b'],
    ['srv_id==S', '=S'],
    ['srv_id=127.0.0.1:5001', '127.0.0.1:5001'],
    ['srv_id=%53', '%53'],
  ])('returns the value of %j unchanged: %j', (header, value) => {
    expect(readAffinityCookie(header)).toBe(value);
  });

  test.each([
    undefined,
    '',
    ';',
    'a=b',
    'srv_id',
    'srv_id=',
    'srv_id= ',
    'xsrv_id=S',
    'a=srv_id=S',
    'a=b srv_id=S',
    'a=b, srv_id=S',
    'a=b,srv_id=S',
    ', srv_id=S',
    'a=b;\tsrv_id=S',
  ])('finds none in %j', (header) => {
    expect(readAffinityCookie(header)).toBeUndefined();
  });

  test.each([
    ['srv_id=first; srv_id=S', 'first'],
    ['SRV_ID=first; srv_id=S', 'first'],
    ['srv_id=; srv_id=S', undefined],
  ])('takes the first of two cookies, even an empty one: %j', (header, value) => {
    expect(readAffinityCookie(header)).toBe(value);
  });

  test.each(['srv_id; srv_id=S', 'srv_id;srv_id=S', 'srv_id ; srv_id=S'])(
    'skips the cookie after a name without a value: %j',
    (header) => {
      expect(readAffinityCookie(header)).toBeUndefined();
    },
  );
});
