import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePortRange } from '../testkit/network/free-ports.ts';
import { CROWDS, CROWDS_HTTP2, type Crowd } from './crowd.ts';
import { withstand } from './withstand.ts';

const MB = 1024 * 1024;
const CROWD: Crowd = { ...(CROWDS[0] as Crowd), connections: 20 };

/** Starts a server that serves up to `limit` connections at the same time, and responds with 503 to more. */
async function serve(limit: number): Promise<number> {
  let open = 0;
  const server = createServer(({ method }, response) => {
    // Requests of the crowd are never answered, because their bodies do not end.
    if (method === 'GET') response.writeHead(open > limit ? 503 : 200, { Connection: 'close' }).end('1');
  });
  server.on('connection', (socket) => {
    open++;
    socket.on('close', () => open--);
  });
  const port = await freePortRange(1);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return port;
}

async function crowdAt(limit: number, bytes: number) {
  const contained = [{ name: 'the server', pids: [1, 2], limitBytes: 256 * MB }];
  const port = await serve(limit);
  return withstand({ port, isHttp2: false, crowd: CROWD, contained, holdMs: 300, readBytes: async () => bytes });
}

describe.runIf(process.platform === 'linux')('a crowd of slow senders', () => {
  test('is no violation while the server serves others within its memory limit', async () => {
    const { statuses, peaks, violations } = await crowdAt(1000, 100 * MB);
    expect(violations).toEqual([]);
    expect(Object.keys(statuses)).toEqual(['200']);
    expect(peaks).toEqual([{ name: 'the server', bytes: 200 * MB }]);
  });

  test('is a violation when it causes errors for other clients', async () => {
    const { violations } = await crowdAt(5, MB);
    expect(violations).toEqual([
      expect.stringMatching(/^another client got 503 \d+ times while there were 20 connections/),
    ]);
  });

  test('is a violation when memory exceeds the limit', async () => {
    const { violations } = await crowdAt(1000, 129 * MB);
    expect(violations).toEqual([expect.stringContaining('the server had 258 MB of 256 MB')]);
  });
});

test('each crowd has its own name', () => {
  const all = [...CROWDS, ...CROWDS_HTTP2];
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});
