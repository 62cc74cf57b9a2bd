import { expect, test } from 'vitest';
import { exceedsHeaderLimits, MAX_HEADER_BYTES, MAX_HEADERS } from './header-limits.ts';

const request = (headers: Headers, path = '/') => new Request(`http://mooring.test${path}`, { headers });

test('a request with a few headers, or with one large header, is within the limits', () => {
  expect(exceedsHeaderLimits(request(new Headers({ Cookie: 'c'.repeat(50_000) })))).toBe(false);
});

test.each([
  ['one header', request(new Headers({ 'X-Huge': 'h'.repeat(MAX_HEADER_BYTES) }))],
  ['several headers', request(new Headers([1, 2, 3].map((nth) => [`X-${nth}`, 'h'.repeat(50_000)])))],
  ['many headers', request(new Headers(Array.from({ length: MAX_HEADERS + 1 }, (_, nth) => [`X-${nth}`, ''])))],
  ['the target', request(new Headers(), `/?${'q'.repeat(MAX_HEADER_BYTES)}`)],
])('%s may be too large', (_what, tooLarge) => {
  expect(exceedsHeaderLimits(tooLarge)).toBe(true);
});
