import { describe, expect, test } from 'vitest';
import { parseAnswers } from './answers.ts';

const parse = (text: string, { mayBeHead = false, isClosed = true } = {}) =>
  parseAnswers(Buffer.from(text, 'latin1'), { mayBeHead, isClosed });
const statuses = (text: string, options?: Parameters<typeof parse>[1]) =>
  parse(text, options).answers.map(({ status }) => status);

describe('parseAnswers', () => {
  test.each([
    [
      'a body of known length',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n',
    ],
    [
      'chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n',
    ],
    [
      '100 Continue before it',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 404 X\r\n\r\nrest',
    ],
    [
      'a response of Nginx without a head',
      'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n<html>\r\n<head><title>404 Not Found',
    ],
  ])('parses a sequence: %s', (_what, text) => {
    expect(statuses(text)).toEqual([200, 404]);
    expect(parse(text).problem).toBeUndefined();
  });

  test('accepts a response with a length and no body only if the request may have been a HEAD', () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nHTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n';
    expect(statuses(text, { mayBeHead: true })).toEqual([200, 404]);
    expect(parse(text).problem).toContain('invalid status line');
  });

  test.each([
    ['in its head', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['in its body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok'],
    ['between chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n'],
  ])('reports a response that ends too early: %s', (_where, text) => {
    expect(parse(text)).toMatchObject({ answers: [], isPartial: true });
    expect(parse(text).problem).toBeUndefined();
  });

  test.each([
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'],
    ['a control character', 'HTTP/1.1 200 OK\r\nX: a\u0007b\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n'],
    ['an invalid status', 'HTTP/1.1 600 OK\r\n\r\n'],
    ['an invalid chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n'],
    ['an invalid length', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n'],
    ['no answer at all', 'nonsense'],
  ])('rejects %s', (_what, text) => {
    expect(parse(text).problem).toBeDefined();
  });

  test('does not parse what follows an upgrade', () => {
    expect(parse('HTTP/1.1 101 Switching Protocols\r\n\r\n\u0081\u0000')).toMatchObject({ isUpgraded: true });
  });
});
