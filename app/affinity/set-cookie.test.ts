import { describe, expect, test } from 'vitest';
import { createAffinityCookie } from './set-cookie.ts';

describe('the affinity cookie', () => {
  test.each([
    { secure: false, flags: 'httponly' },
    { secure: true, flags: 'httponly; secure' },
  ])("has its attributes in Nginx' order (secure: $secure)", ({ secure, flags }) => {
    const nowMs = () => Date.UTC(2026, 10, 20, 4, 38, 53);
    const affinityCookie = createAffinityCookie({ secure, nowMs });
    expect(affinityCookie('dca17f5af77d3110188c16fca387df7c')).toBe(
      'srv_id=dca17f5af77d3110188c16fca387df7c; expires=Fri, 20-Nov-26 04:43:53 GMT; max-age=300; ' +
        `${flags}; samesite=lax; path=/`,
    );
  });

  test.each([
    { now: '2026-01-01T00:00:00.000Z', expires: 'Thu, 01-Jan-26 00:05:00 GMT' },
    { now: '2026-12-31T23:57:30.999Z', expires: 'Fri, 01-Jan-27 00:02:30 GMT' },
    { now: '2028-02-28T23:55:00.000Z', expires: 'Tue, 29-Feb-28 00:00:00 GMT' },
    { now: '2099-12-31T23:55:00.000Z', expires: 'Fri, 01-Jan-00 00:00:00 GMT' },
  ])('expires at $expires when it is set at $now', ({ now, expires }) => {
    const affinityCookie = createAffinityCookie({ secure: false, nowMs: () => Date.parse(now) });
    expect(affinityCookie('a')).toContain(`expires=${expires};`);
  });

  test('expires five minutes after each time it is set', () => {
    let nowMs = 0;
    const affinityCookie = createAffinityCookie({ secure: false, nowMs: () => nowMs });
    expect(affinityCookie('a')).toContain('expires=Thu, 01-Jan-70 00:05:00 GMT');
    nowMs = 60_000;
    expect(affinityCookie('a')).toContain('expires=Thu, 01-Jan-70 00:06:00 GMT');
  });
});
