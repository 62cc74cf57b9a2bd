import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { serverId } from '../../app/affinity/server-id.ts';
import { FRESH_REQUEST_ID } from '../../testkit/http/request-id.ts';
import { send } from '../../testkit/http/send.ts';
import { type OriginProcess, startOrigin } from '../../testkit/processes/origin.ts';

const JSON_PLEASE = { Accept: 'application/json' };
const SECRET = 'hunter2';

/** Makes a replica trust this machine as its balancer. */
const BALANCED = 'nginx from loopback';

/** URL of a MySQL that does not exist. */
const DEAD_DATABASE_URL = `mysql://mooring:${SECRET}@127.0.0.1:1/mooring`;

describe('a replica on Node', () => {
  let databaseUrl: string;

  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    databaseUrl = `file:${join(folder, 'visits.sqlite')}`;
  });

  async function start(env: Record<string, string> = {}, flags?: string[]): Promise<OriginProcess> {
    const origin = await startOrigin({ DATABASE_URL: databaseUrl, ...env }, flags);
    onTestFinished(origin.stop);
    return origin;
  }

  async function visit(origin: OriginProcess, headers: Record<string, string>) {
    const { body } = await send(origin.url, { headers: { ...JSON_PLEASE, ...headers } });
    return JSON.parse(body.toString()) as { visit: number; client: { ip: string }; requestId: string };
  }

  test.each([
    ['are taken from a balancer that is trusted', 'nginx from 127.0.0.1', '203.0.113.7', 'from-the-balancer'],
    ['are ignored from one that is not', 'nginx from 10.0.0.0/8', '127.0.0.1', expect.stringMatching(FRESH_REQUEST_ID)],
    ['are ignored where no balancer is trusted', undefined, '127.0.0.1', expect.stringMatching(FRESH_REQUEST_ID)],
  ])('V6: client address and request id %s, and recorded', async (_how, trust, clientIp, requestId) => {
    const origin = await start(trust === undefined ? {} : { TRUST_PROXY: trust });
    const headers = { 'X-Real-IP': '203.0.113.7', 'X-Request-ID': 'from-the-balancer' };
    const answered = await visit(origin, headers);
    expect(answered).toMatchObject({ visit: 1, client: { ip: clientIp }, requestId });

    const client = createClient({ url: databaseUrl });
    onTestFinished(() => client.close());
    const { rows } = await client.execute('select request_id, client_ip, server_ip, sid from access_log');
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { request_id: answered.requestId, client_ip: clientIp, server_ip: '127.0.0.1', sid: serverId(origin.address) },
    ]);
  });

  test('V3: a visit that a balancer retries is counted once and keeps its number', async () => {
    const origin = await start({ TRUST_PROXY: BALANCED });
    const again = { 'X-Request-ID': 'retried' };
    expect((await visit(origin, again)).visit).toBe(1);
    expect((await visit(origin, {})).visit).toBe(2);
    expect((await visit(origin, again)).visit).toBe(1);
    const atOnce = await Promise.all([again, again, {}].map((headers) => visit(origin, headers)));
    expect(atOnce.map((answer) => answer.visit)).toEqual([1, 1, 3]);
    expect((await send(origin.url, { path: '/showcount' })).body.toString()).toBe('3\n');
  });

  test('an address with a zone, which may be of any length, is no address', async () => {
    const origin = await start({ TRUST_PROXY: BALANCED });
    const { client } = await visit(origin, { 'X-Real-IP': `::1%${'z'.repeat(60)}` });
    expect(client.ip).toBe('unknown');
  });

  test('50 kB of cookies are taken', async () => {
    const origin = await start();
    const cookie = `junk=${'x'.repeat(50_000)}; srv_id=${serverId(origin.address)}`;
    const { status, headers } = await send(origin.url, { headers: { Cookie: cookie } });
    expect(status).toBe(200);
    expect(headers['x-affinity']).toBe('hit');
  });

  test('a visit is logged as a line of JSON, without the query string', async () => {
    const origin = await start({ TRUST_PROXY: BALANCED });
    const headers = { 'X-Request-ID': 'r1', 'X-Real-IP': '203.0.113.7' };
    await send(origin.url, { path: `/?token=${SECRET}`, headers });
    await vi.waitFor(() => expect(origin.logLines().at(-1)).toMatchObject({ msg: 'request' }));
    const line = origin.logLines().at(-1) as { time: string };
    expect(line).toEqual({
      level: 'info',
      time: new Date(line.time).toISOString(),
      replica: origin.address,
      requestId: 'r1',
      clientIp: '203.0.113.7',
      method: 'GET',
      path: '/',
      status: 200,
      affinity: 'new',
      visit: 1,
      durationMs: expect.any(Number),
      msg: 'request',
    });
  });

  test.each(['/', '/showcount', '/readyz'])(
    '%s answers 503 while there is no database, and no password is logged',
    async (path) => {
      const origin = await start({ DATABASE_URL: DEAD_DATABASE_URL, LOG_LEVEL: 'trace' }, []);
      const { status, headers, body } = await send(origin.url, { path });
      expect(status).toBe(503);
      expect(headers['retry-after']).toBe('1');
      expect(body.toString()).toBe('The database is not available.\n');
      expect((await send(origin.url, { path: '/healthz' })).status).toBe(200);

      await vi.waitFor(() => expect(origin.logLines()).toContainEqual(expect.objectContaining({ path, status })));
      expect(origin.logLines()).toContainEqual(expect.objectContaining({ level: 'error' }));
      expect(origin.output()).not.toContain(SECRET);
    },
  );

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 0', async (signal) => {
    const origin = await start();
    origin.process.kill(signal);
    expect(await origin.exited).toEqual({ code: 0, stderr: '' });
    expect(origin.logLines().slice(-2)).toMatchObject([{ msg: 'draining', reason: signal }, { msg: 'drained' }]);
  });

  test('it exits when its supervisor exits', async () => {
    const origin = await start();
    origin.process.disconnect();
    expect(await origin.exited).toEqual({ code: 0, stderr: '' });
    expect(origin.logLines()).toContainEqual(expect.objectContaining({ reason: 'the supervisor exited' }));
  });
});
