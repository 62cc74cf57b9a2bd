import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { accessLog, type BalancerEnv } from './access-log.ts';

const SILENT = { debug() {}, warn() {}, error() {} };

/** Answers with the status in the path. */
function setUp({ isTakenOver = false } = {}) {
  const lines: object[] = [];
  const app = new Hono<BalancerEnv>();
  app.use((c, next) => {
    c.set('client', { clientIp: '192.0.2.1', requestId: 'an id' } as never);
    c.set('peers', ['10.0.0.1:80', '10.0.0.2:80']);
    c.set('isTakenOver', isTakenOver);
    return next();
  });
  app.use(
    accessLog({
      log: { ...SILENT, info: (fields) => lines.push(fields) },
      linesPerSecond: 0.02,
      monotonicMs: () => 0,
    }),
  );
  app.get('/:status', (c) => c.body(null, Number(c.req.param('status')) as 200, { 'X-Affinity': 'moved' }));
  return { lines, get: (path: string) => app.request(path) };
}

test('a line has the peers tried, the verdict and no query', async () => {
  const { lines, get } = setUp();
  await get('/200?secret');
  expect(lines).toEqual([
    {
      clientIp: '192.0.2.1',
      requestId: 'an id',
      method: 'GET',
      path: '/200',
      status: 200,
      affinity: 'moved',
      peer: '10.0.0.1:80, 10.0.0.2:80',
      durationMs: 0,
    },
  ]);
});

test('beyond the quota of a client only 5xx are logged', async () => {
  const { lines, get } = setUp();
  for (const path of ['/200', '/404', '/502', '/200', '/504']) await get(path);
  expect(lines).toMatchObject([{ status: 200 }, { status: 502 }, { status: 504 }]);
});

test('a request that was taken over is logged by its handler', async () => {
  const { lines, get } = setUp({ isTakenOver: true });
  await get('/200');
  expect(lines).toEqual([]);
});
