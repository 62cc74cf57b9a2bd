import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { hasMysql, type TestDatabase } from '../../testkit/mysql/database.ts';
import { holdCounter } from '../../testkit/mysql/held-counter.ts';
import { type OriginProcess, startOrigin } from '../../testkit/processes/origin.ts';
import { createMigratedDatabase } from '../../testkit/stores/mysql.ts';
import { readLedger } from '../../testkit/stores/mysql-ledger.ts';

/** Opens a connection for handwritten requests, so that a test sees how it ends. */
async function openConnection({ address }: OriginProcess) {
  const [host, port] = address.split(':') as [string, string];
  const socket: Socket = connect(Number(port), host);
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  return {
    post: (path: string) => socket.write(`POST ${path} HTTP/1.1\r\nHost: origin\r\nContent-Length: 0\r\n\r\n`),
    get: (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: origin\r\n\r\n`),
    received: (pattern: RegExp) => vi.waitFor(() => expect(received).toMatch(pattern), { timeout: 10_000 }),
    closed: async () => {
      await closed;
      return received;
    },
  };
}

describe.skipIf(!hasMysql)('a replica that is asked to stop', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createMigratedDatabase();
    onTestFinished(database.drop);
  });

  async function start(env: Record<string, string> = {}): Promise<OriginProcess> {
    const origin = await startOrigin({ DATABASE_URL: database.url, ...env });
    onTestFinished(origin.stop);
    return origin;
  }

  const logged = (origin: OriginProcess, message: string) =>
    vi.waitFor(() => expect(origin.logLines()).toContainEqual(expect.objectContaining({ msg: message })), {
      timeout: 10_000,
    });

  test('finishes what is in flight, answers no longer ready, closes its connections and exits with 0', async () => {
    const origin = await start({ DRAIN_NOTICE_MS: '0' });
    const fresh = await openConnection(origin);
    const visitor = await openConnection(origin);
    const counter = await holdCounter(database);
    visitor.get('/');
    await counter.visitWaits();

    origin.process.kill('SIGTERM');
    await logged(origin, 'draining');
    fresh.get('/readyz');
    expect(await fresh.closed()).toMatch(/^HTTP\/1\.1 503 .*connection: close.*draining\n$/is);
    await expect(openConnection(origin)).rejects.toThrow('ECONNREFUSED');

    await counter.letGo();
    expect(await visitor.closed()).toMatch(/^HTTP\/1\.1 200 .*connection: close.*127\.0\.0\.1\n$/is);
    expect(await origin.exited).toEqual({ code: 0, stderr: '' });
    expect(origin.logLines().at(-1)).toMatchObject({ level: 'info', msg: 'drained' });
    expect(await readLedger(database.admin)).toMatchObject({ counter: 1, rows: [{ number: 1 }] });
  });

  test('accepts new connections until balancers have noticed', async () => {
    const origin = await start({ DRAIN_NOTICE_MS: '9000' });
    origin.process.kill('SIGTERM');
    await logged(origin, 'draining');
    const visitor = await openConnection(origin);
    visitor.get('/');
    await visitor.received(/^HTTP\/1\.1 200 .*127\.0\.0\.1\n$/is);
    const balancer = await openConnection(origin);
    balancer.get('/readyz');
    expect(await balancer.closed()).toMatch(/^HTTP\/1\.1 503 /);
    origin.process.kill('SIGKILL');
    await origin.exited;
  });

  test('answers what comes on a connection that was idle when it stopped listening, then closes it', async () => {
    const origin = await start({ DRAIN_NOTICE_MS: '0' });
    const idle = await openConnection(origin);
    idle.get('/healthz');
    await idle.received(/ok\n$/);
    origin.process.kill('SIGTERM');
    await logged(origin, 'draining');
    await expect
      .poll(() =>
        openConnection(origin).then(
          () => 'taken',
          ({ code }) => code,
        ),
      )
      .toBe('ECONNREFUSED');
    idle.post('/let-go');
    expect(await idle.closed()).toMatch(/\nok\nHTTP\/1\.1 200 .*connection: close/is);
    expect(await origin.exited).toEqual({ code: 0, stderr: '' });
  });

  test('exits with 1 when the timeout passes, and logs what is unfinished', async () => {
    const origin = await start({ DRAIN_TIMEOUT_MS: '50' });
    const counter = await holdCounter(database);
    const visitor = await openConnection(origin);
    visitor.get('/');
    await counter.visitWaits();

    origin.process.kill('SIGTERM');
    expect(await origin.exited).toEqual({ code: 1, stderr: '' });
    expect(await visitor.closed()).toBe('');
    const line = { level: 'error', msg: 'stopped with work unfinished', requests: 1, commits: 1, drainTimeoutMs: 50 };
    // There is no line between these, so it did not wait for the commit to fail.
    expect(origin.logLines().slice(-2)).toMatchObject([{ msg: 'draining' }, line]);
  });

  test('counts a Ctrl-C that npm repeats once', async () => {
    const origin = await start();
    origin.process.kill('SIGINT');
    origin.process.kill('SIGINT');
    expect(await origin.exited).toEqual({ code: 0, stderr: '' });
  });

  test('exits with 1 at once at a second signal', async () => {
    const origin = await start();
    const counter = await holdCounter(database);
    const visitor = await openConnection(origin);
    visitor.get('/');
    await counter.visitWaits();

    origin.process.kill('SIGTERM');
    await logged(origin, 'draining');
    const impatience = setInterval(() => origin.process.kill('SIGTERM'), 100);
    expect(await origin.exited).toEqual({ code: 1, stderr: '' });
    clearInterval(impatience);
    expect(await visitor.closed()).toBe('');
    expect(origin.logLines().at(-1)).toMatchObject({ msg: 'draining' });
  });
});
