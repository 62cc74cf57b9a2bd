import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createEdgeReader } from '../../app/dashboard/edge-reader.ts';
import { delay } from '../../app/lib/delay.ts';
import { readMetrics, scrape } from '../../testkit/http/metrics.ts';
import { type Answer, type RequestOptions, send } from '../../testkit/http/send.ts';
import { hasMysql, type TestDatabase } from '../../testkit/mysql/database.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { startDashboardProcess } from '../../testkit/processes/dashboard.ts';
import { listeners } from '../../testkit/processes/listeners.ts';
import { answers, drops, holds } from '../../testkit/replicas/behaviours.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';
import { createMigratedDatabase } from '../../testkit/stores/mysql.ts';

const BUILD = fileURLToPath(new URL('../../worker/host/build.ts', import.meta.url));

/** The limit in `worker/compose.yml`. */
const CONTAINER_MEMORY_BYTES = 256 * 1024 * 1024;

/** A folder with the content of the edge's image. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-image-'));
  await promisify(execFile)(process.execPath, [BUILD, folder]);
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the container's command. */
async function runContainer(env: Record<string, string>, ...args: string[]) {
  const port = await freePortRange(1);
  const child = spawn(process.execPath, ['edge.js', ...args], { cwd: folder, env: { PORT: `${port}`, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const ask = (options?: RequestOptions): Promise<Answer> => send(`http://127.0.0.1:${port}`, options);
  return {
    child,
    port,
    exited,
    ask,
    output: () => output,
    listens: () => vi.waitFor(() => ask(), { timeout: 10_000 }),
  };
}

/** Returns the container's environment for a database. */
async function databaseEnv({ url }: TestDatabase): Promise<Record<string, string>> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${decodeURIComponent(password)}\n`, { mode: 0o600 });
  return {
    DB_HOST: hostname,
    DB_PORT: port,
    DB_USER: decodeURIComponent(username),
    DB_PASSWORD_FILE: passwordFile,
    DB_NAME: pathname.slice(1),
  };
}

/**
 * Returns the private memory of a process, without pages that processes share, such as its executable. 0 where the
 * system does not report it.
 */
async function ownBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(status.match(/^RssAnon:\s+(\d+) kB$/m)?.[1] ?? 0) * 1024;
}

async function startReplica(): Promise<{ replica: StubReplica; env: Record<string, string> }> {
  const replica = await createStubReplica('A');
  onTestFinished(replica.stop);
  return { replica, env: { ORIGIN_HOST: 'localhost', ORIGIN_PORT: new URL(replica.url).port } };
}

describe("the edge's container", () => {
  test('finds the replicas by their name, and sends them the address of the client, whatever its headers say', async () => {
    const { replica, env } = await startReplica();
    const { ask, listens } = await runContainer(env);
    await listens();
    const { status, headers } = await ask({ headers: { 'CF-Connecting-IP': '6.6.6.6', 'X-Real-IP': '6.6.6.6' } });
    expect([status, headers['x-replica']]).toEqual([200, 'A']);
    expect(replica.requests.at(-1)?.headers).toMatchObject({
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
    });
  });

  test("sends its access log to the dashboard's own service, when it runs", async () => {
    const { replica, env } = await startReplica();
    const port = await freePortRange(1);
    const { ask, listens, output } = await runContainer({ ...env, DASHBOARD_SERVICE: `127.0.0.1:${port}` });
    await listens();
    const service = await startDashboardProcess({ PORT: `${port}` });
    onTestFinished(async () => void (await service.end('SIGKILL')));
    const counted = async (route: string) =>
      (await service.snapshot()).traffic.find((traffic) => traffic.route === route)?.statuses;
    await vi.waitFor(
      async () => {
        await ask({ path: '/cart/1' });
        expect(await counted('/cart')).toMatchObject({ '2xx': expect.any(Number) });
      },
      { timeout: 10_000, interval: 200 },
    );
    replica.behave(drops());
    // Not a GET, which would be sent once more: B13.
    expect((await ask({ method: 'POST', path: '/none' })).status).toBe(502);
    await expect.poll(() => counted('/none')).toMatchObject({ '5xx': 1 });
    const { replicas } = await service.snapshot();
    expect(replicas.find(({ address }) => address.endsWith(env.ORIGIN_PORT as string))?.figures.errors).toBe(1);
    expect(output()).toContain('"path":"/none"');
  });

  test('finishes what is in flight when it is stopped, and exits with 0', async () => {
    const { replica, env } = await startReplica();
    const { child, exited, ask, listens } = await runContainer(env);
    await listens();
    const { behaviour, release } = holds();
    replica.behave(behaviour);
    const inFlight = ask();
    await vi.waitFor(() => expect(replica.requests).toHaveLength(2));
    child.kill('SIGTERM');
    // By now the edge has received the signal.
    await delay(200);
    release();
    expect((await inFlight).status).toBe(200);
    expect(await exited).toBe(0);
  });

  test.each([
    [{ ORIGIN_PORT: '99999' }, 'ORIGIN_PORT: expected a port from 1 to 65535, got "99999"'],
    [{ DASHBOARD_SERVICE: 'here' }, 'DASHBOARD_SERVICE: expected a host name and a port, got "here"'],
    [{ DB_HOST: 'db' }, 'DB_USER: expected a user name'],
    [{ TRUST_PROXY: 'everybody' }, 'TRUST_PROXY: expected none, or nginx, '],
  ])('rejects %j with exit code 2', async (env, reason) => {
    const { exited, output } = await runContainer(env as Record<string, string>);
    expect(await exited).toBe(2);
    expect(output()).toContain(reason);
  });

  test.each([
    [{}, 0, ''],
    [{ UPSTREAM_READ_TIMEOUT_MS: '15000' }, 0, ''],
    [
      { UPSTREAM_READ_TIMEOUT_MS: '15s' },
      2,
      'UPSTREAM_READ_TIMEOUT_MS: expected milliseconds from 1 to 3600000, got "15s"',
    ],
    [{ DASHBOARD: 'public' }, 2, 'DASHBOARD: expected'],
    [{ ORIGIN_PARAMETERS: 'max_fails=0;' }, 2, 'ORIGIN_PARAMETERS: expected'],
    [{ ORIGIN_PARAMETERS: 'max_fail=0' }, 2, 'ORIGIN_PARAMETERS: expected'],
    [{ SETTINGS_PREFIX: 'EDGE_', ACCESS_LOG: 'maybe' }, 2, '\n  EDGE_ACCESS_LOG: expected'],
    [{ SETTINGS_PREFIX: 'EDGE_', ACCESS_LOG: 'maybe' }, 2, '; for example EDGE_ACCESS_LOG=false\n'],
    [{ SETTINGS_PREFIX: 'EDGE_', UPLOAD_LIMIT: 'many' }, 2, '\n  UPLOAD_LIMIT: expected'],
    [{ SETTINGS_PREFIX: 'EDGE_', DASHBOARD: 'public' }, 2, '\n  DASHBOARD: expected'],
  ])('--check of %j exits with %i and starts nothing', async (env, code, reason) => {
    const { exited, output } = await runContainer(env as Record<string, string>, '--check');
    expect(await exited).toBe(code);
    expect(output()).toContain(reason);
  });

  test.skipIf(!hasMysql)('A11: takes over on the configured database, and stops when a replica is back', async () => {
    const database = await createMigratedDatabase();
    onTestFinished(database.drop);
    const { replica, env } = await startReplica();
    const { ask, listens, output } = await runContainer({ ...env, ...(await databaseEnv(database)) });
    await listens();
    await replica.stop();
    expect((await ask()).headers).toMatchObject({ 'x-affinity': 'takeover', 'x-served-by': 'edge' });
    expect((await ask({ path: '/showcount' })).body.toString()).toBe('1\n');
    await replica.restart();
    replica.behave(answers(200));
    expect((await ask()).headers['x-replica']).toBe('A');
    expect(output()).not.toContain(decodeURIComponent(new URL(database.url).password));
  });

  test.skipIf(!hasMysql)(
    'A11: takes over visit after visit within the memory of its container',
    { timeout: 120_000 },
    async () => {
      const database = await createMigratedDatabase();
      onTestFinished(database.drop);
      const { replica, env } = await startReplica();
      const { ask, listens, child, port } = await runContainer({ ...env, ...(await databaseEnv(database)) });
      await listens();
      await replica.stop();
      const askInTurn = async () => {
        for (let visit = 0; visit < 40; visit++) expect((await ask()).headers).toMatchObject({ 'x-served-by': 'edge' });
      };
      await Promise.all(Array.from({ length: 32 }, askInTurn));
      const bytes = await Promise.all([child.pid as number, ...(await listeners(port))].map(ownBytes));
      expect(bytes.reduce((sum, some) => sum + some, 0)).toBeLessThan(CONTAINER_MEMORY_BYTES);
    },
  );
});

test('METRICS_PORT: the edge counts its requests, its tries at replicas, and the time that they take', async () => {
  const { replica, env } = await startReplica();
  const metricsPort = await freePortRange(1);
  const edge = await runContainer({ ...env, METRICS_PORT: `${metricsPort}` });
  await edge.listens();
  const before = await scrapeEdge(metricsPort);
  await edge.ask({ headers: { Cookie: `srv_id=${replica.sid}` } });
  await edge.ask({ method: 'TRACE' });
  replica.behave(drops());
  await edge.ask({ method: 'POST' });
  const after = await scrapeEdge(metricsPort);
  const grown = (name: string, labels: Record<string, string>) => after(name, labels) - before(name, labels);
  const { address: peer } = replica;
  expect(grown('mooring_edge_requests_total', { method: 'GET', status: '200', affinity: 'hit' })).toBe(1);
  expect(grown('mooring_edge_requests_total', { method: 'other', status: '405', affinity: 'none' })).toBe(1);
  expect(grown('mooring_edge_requests_total', { method: 'POST', status: '502', affinity: 'none' })).toBe(1);
  expect(grown('mooring_edge_tries_total', { peer, outcome: 'answered' })).toBe(1);
  expect(grown('mooring_edge_tries_total', { peer, outcome: 'failed' })).toBe(1);
  expect(grown('mooring_edge_try_seconds_total', { peer })).toBeGreaterThan(0);
  expect(grown('mooring_edge_request_duration_seconds_bucket', { status_class: '5xx', le: '+Inf' })).toBe(1);
  expect(grown('mooring_edge_request_duration_seconds_count', { status_class: '2xx' })).toBe(1);
  expect(after('mooring_edge_requests_in_flight', {})).toBe(0);

  const forDashboard = await createEdgeReader({ host: '127.0.0.1', port: metricsPort })();
  expect(forDashboard?.verdicts.hit).toBe(1);
  expect(forDashboard?.peers).toMatchObject([{ address: peer, failed: 1 }]);
});

test('METRICS_PORT: a taken port is refused with one line', async () => {
  const other = await createStubReplica('A');
  onTestFinished(other.stop);
  const { port } = new URL(other.url);
  const edge = await runContainer({ METRICS_PORT: port, ORIGIN_HOST: 'localhost' });
  expect(await edge.exited).toBe(2);
  expect(edge.output()).toMatch(/mooring edge: METRICS_PORT: .*EADDRINUSE/);
});

/** Returns a function that finds a sample among the edge's metrics of now; 0 when there is none. */
async function scrapeEdge(port: number): Promise<(name: string, labels: Record<string, string>) => number> {
  const { status, body } = await vi.waitFor(() => scrape(port));
  expect(status).toBe(200);
  const samples = readMetrics(`${body}`);
  return (name, labels) =>
    samples.find(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )?.value ?? 0;
}
