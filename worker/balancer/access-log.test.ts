import { expect, test } from 'vitest';
import { createAccessLog } from './access-log.ts';

const SILENT = { debug() {}, warn() {}, error() {} };

function setUp({ isTakenOver = false } = {}) {
  const lines: object[] = [];
  const logAccess = createAccessLog({
    log: { ...SILENT, info: (fields) => lines.push(fields) },
    linesPerSecond: 0.02,
    monotonicMs: () => 0,
  });
  const exchange = {
    head: {} as never,
    client: { clientIp: '192.0.2.1', requestId: 'an id' } as never,
    affinityCookie: undefined,
    peers: ['10.0.0.1:80', '10.0.0.2:80'],
    isTakenOver,
  };
  const answer = (status: number) =>
    logAccess('/path', exchange, { method: 'GET', status, affinity: 'moved', durationMs: 0 });
  return { lines, answer };
}

test('a line has the peers tried and the verdict', () => {
  const { lines, answer } = setUp();
  answer(200);
  expect(lines).toEqual([
    {
      clientIp: '192.0.2.1',
      requestId: 'an id',
      method: 'GET',
      path: '/path',
      status: 200,
      affinity: 'moved',
      peer: '10.0.0.1:80, 10.0.0.2:80',
      durationMs: 0,
    },
  ]);
});

test('beyond the quota of a client only 5xx are logged', () => {
  const { lines, answer } = setUp();
  for (const status of [200, 404, 502, 200, 504]) answer(status);
  expect(lines).toMatchObject([{ status: 200 }, { status: 502 }, { status: 504 }]);
});

test('a request that was taken over is logged by its handler', () => {
  const { lines, answer } = setUp({ isTakenOver: true });
  answer(200);
  expect(lines).toEqual([]);
});
