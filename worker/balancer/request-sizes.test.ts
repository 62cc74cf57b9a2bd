import { expect, test } from 'vitest';
import { oversizeStatus } from './request-sizes.ts';

const SIZES = { bodyBytes: 100, headerBytes: 1000, headerFields: 5 };

interface Asked {
  target?: string;
  headers?: [string, string][];
  body?: string;
}

const fields = (count: number, length = 1) =>
  Array.from({ length: count }, (_, nth): [string, string] => [`X-${nth}`, 'v'.repeat(length)]);

test.each<[string, Asked, number | undefined]>([
  ['a small one', {}, undefined],
  ['one with a body of the most bytes', { headers: [['Content-Length', '100']], body: 'x' }, undefined],
  ['one with a larger body', { headers: [['Content-Length', '101']], body: 'x' }, 413],
  ['one with a body of unknown length', { body: 'x' }, undefined],
  ['one with a long target', { target: `/${'t'.repeat(980)}` }, undefined],
  ['one with a longer target', { target: `/${'t'.repeat(990)}` }, 414],
  ['one with a large header', { headers: fields(1, 950) }, undefined],
  ['one with a larger header', { headers: fields(1, 1000) }, 431],
  ['one with large headers', { headers: fields(3, 330) }, 431],
  ['one whose line and headers are large together', { target: `/${'t'.repeat(500)}`, headers: fields(1, 500) }, 431],
  ['one with the most headers', { headers: fields(5) }, undefined],
  ['one with more headers', { headers: fields(6) }, 431],
])('a request: %s', (_what, { target = '/', headers = [], body }, status) => {
  const request = new Request(`http://h.test${target}`, { method: 'PUT', headers, ...(body && { body }) });
  // `fetch` would add this one to a text.
  request.headers.delete('Content-Type');
  expect(oversizeStatus(request, target, SIZES)).toBe(status);
});

test('a body is too large without a limit, too, when the runtime cannot send it', () => {
  const request = new Request('http://h.test/', {
    method: 'PUT',
    body: 'x',
    headers: { 'Content-Length': `${2 ** 53}` },
  });
  expect(oversizeStatus(request, '/', { ...SIZES, bodyBytes: Number.POSITIVE_INFINITY })).toBe(413);
});
