import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { readMetrics, scrape } from '../../testkit/http/metrics.ts';
import { send } from '../../testkit/http/send.ts';
import { findPromtool, WITHOUT_PROMTOOL } from '../../testkit/monitoring/promtool.ts';
import { hasMysql, type TestDatabase } from '../../testkit/mysql/database.ts';
import { holdCounter } from '../../testkit/mysql/held-counter.ts';
import { createFaultProxy, type FaultProxy } from '../../testkit/network/fault-proxy.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { viaPort } from '../../testkit/network/via-port.ts';
import { runCluster } from '../../testkit/processes/cluster.ts';
import { type OriginProcess, runOrigin, startOrigin } from '../../testkit/processes/origin.ts';
import { createMigratedDatabase } from '../../testkit/stores/mysql.ts';

const promtool = await findPromtool();

let metricsPort: number;

beforeEach(async () => {
  metricsPort = await freePortRange(1);
});

async function start(env: Record<string, string>): Promise<OriginProcess> {
  const origin = await startOrigin({ METRICS_PORT: `${metricsPort}`, LOG_LEVEL: 'warn', ...env });
  onTestFinished(origin.stop);
  return origin;
}

async function embeddedDatabase(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return `file:${join(folder, 'visits.sqlite')}`;
}

/** Returns a replica's metrics as `name{label="word"} value`, without the quotes. */
async function told(port = metricsPort): Promise<string[]> {
  const samples = readMetrics((await scrape(port)).body.toString());
  return samples.map(({ name, labels, value }) => {
    const words = Object.entries(labels).map(([label, word]) => `${label}=${word}`);
    return `${name}${words.length > 0 ? `{${words.join(',')}}` : ''} ${value}`;
  });
}

const isOfTheOthers = (line: string) => line.startsWith('mooring_replicas');

const tells = (...lines: string[]) =>
  vi.waitFor(async () => expect(await told()).toEqual(expect.arrayContaining(lines)), { timeout: 10_000 });

describe("a replica's metrics", () => {
  test('report the outcome of its requests', async () => {
    const origin = await start({ DATABASE_URL: await embeddedDatabase() });
    const cookie = { Cookie: `srv_id=${'0'.repeat(32)}` };
    for (const headers of [{}, {}, cookie]) await send(origin.url, { headers });
    await send(origin.url, { path: '/showcount' });
    await send(origin.url, { path: '/../etc/passwd?token=hunter2' });
    await send(origin.url, { method: 'POST' });
    await tells(
      'mooring_requests_total{route=/,method=GET,status=200,affinity=new} 2',
      'mooring_requests_total{route=/,method=GET,status=200,affinity=moved} 1',
      'mooring_requests_total{route=/showcount,method=GET,status=200,affinity=new} 1',
      'mooring_requests_total{route=*,method=GET,status=404,affinity=new} 1',
      'mooring_requests_total{route=*,method=POST,status=405,affinity=new} 1',
      'mooring_request_duration_seconds_count{route=/,method=GET,status_class=2xx} 3',
      'mooring_visits_committed_total 3',
      'mooring_commit_visits_sum 3',
      'mooring_ready 1',
      'mooring_draining 0',
      'mooring_replicas{state=ready} 1',
      'mooring_replicas{state=lost} 0',
    );
  });

  test('are bounded: no value of a client becomes a label, whatever it requests', async () => {
    const origin = await start({ DATABASE_URL: await embeddedDatabase() });
    const before = (await told()).length;
    const secret = 'hunter2';
    const ask = (index: number) =>
      send(origin.url, {
        method: ['GET', 'POST', 'PROPFIND'][index % 3] as string,
        path: `/${secret}-${index}?${secret}`,
        headers: {
          Host: secret,
          Cookie: `srv_id=${secret}${index}`,
          'X-Request-ID': `${secret}-${index}`,
          Accept: secret,
        },
      });
    await Promise.all(Array.from({ length: 30 }, (_, index) => ask(index)));
    await tells(
      ...['GET', 'POST', 'other'].map(
        (method) => `mooring_requests_total{route=*,method=${method},status=404,affinity=invalid} 10`,
      ),
    );
    const { body } = await scrape(metricsPort);
    expect(body.toString()).not.toContain(secret);
    // A method of a route adds one counter and one histogram.
    expect((await told()).length).toBeLessThan(before + 60);
  });

  test.skipIf(!promtool)(`follow the rules of Prometheus${promtool ? '' : `: ${WITHOUT_PROMTOOL}`}`, async () => {
    const origin = await start({ DATABASE_URL: await embeddedDatabase() });
    await send(origin.url);
    const { body } = await scrape(metricsPort);
    expect(await promtool?.run(['check', 'metrics'], body.toString())).toEqual({ code: 0, output: '' });
  });

  test('are on a port of their own and nowhere else', async () => {
    const origin = await start({ DATABASE_URL: await embeddedDatabase() });
    expect((await send(origin.url, { path: '/metrics' })).status).toBe(404);
    expect((await send(`http://127.0.0.1:${metricsPort}`)).status).toBe(404);
  });

  test('prevent the start when their port is in use, with exit code 2 and one line', async () => {
    const squatter = createServer().listen(metricsPort, '127.0.0.1');
    onTestFinished(() => void squatter.close());
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    const origin = runOrigin(['--migrate'], {
      DATABASE_URL: await embeddedDatabase(),
      HOST: '127.0.0.1',
      PORT: `${await freePortRange(1)}`,
      METRICS_PORT: `${port}`,
    });
    onTestFinished(origin.stop);
    const { code, stderr } = await origin.exited;
    expect(stderr).toMatch(new RegExp(`^mooring origin: listen EADDRINUSE[^\\n]*${port}\\n$`));
    expect(code).toBe(2);
  });
});

describe.skipIf(!hasMysql)("a replica's metrics, on MySQL", () => {
  let gate: FaultProxy;
  let databaseUrl: string;
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createMigratedDatabase();
    onTestFinished(database.drop);
    gate = await createFaultProxy(Number(new URL(database.url).port || 3306));
    databaseUrl = viaPort(database.url, gate.port);
  });

  test('report an outage of the database, the visits that failed, and its end', async () => {
    const origin = await start({ DATABASE_URL: databaseUrl });
    await tells('mooring_database_up 1', 'mooring_database_connections_limit 4');
    await gate.shut();
    expect((await send(origin.url)).status).toBe(503);
    await tells(
      'mooring_requests_total{route=/,method=GET,status=503,affinity=new} 1',
      'mooring_visits_rejected_total{reason=database} 1',
      'mooring_database_errors_total{operation=commit,kind=unavailable} 1',
      'mooring_visits_committed_total 0',
      'mooring_database_up 0',
      'mooring_ready 0',
      'mooring_database_connections{state=in_use} 0',
    );
    await vi.waitFor(async () => expect((await told()).filter(isOfTheOthers)).toEqual([]), { timeout: 10_000 });
    await gate.open();
    onTestFinished(gate.shut);
    await tells('mooring_database_up 1', 'mooring_ready 1', 'mooring_replicas{state=ready} 1');
  });

  test('answer while the database hangs, and report what waits for it', async () => {
    onTestFinished(gate.shut);
    const origin = await start({ DATABASE_URL: databaseUrl, VISIT_QUEUE_LIMIT: '2' });
    await tells('mooring_database_up 1');
    gate.stall();
    const first = send(origin.url);
    await tells('mooring_visits_in_flight 1', 'mooring_visit_queue_depth 0');
    const answers = [first, ...Array.from({ length: 7 }, () => send(origin.url))];
    await tells(
      'mooring_visit_queue_depth 2',
      'mooring_visit_queue_limit 2',
      'mooring_visits_rejected_total{reason=queue_full} 5',
    );
    gate.resume();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThanOrEqual(5);
    await tells('mooring_visits_in_flight 0');
  });

  test('can be asked for while the replica drains, until its end', async () => {
    onTestFinished(gate.shut);
    const origin = await start({ DATABASE_URL: databaseUrl });
    const counter = await holdCounter(database);
    const visit = send(origin.url);
    await tells('mooring_visits_in_flight 1', 'mooring_database_connections{state=in_use} 1');
    origin.process.kill('SIGTERM');
    await tells(
      'mooring_draining 1',
      'mooring_ready 0',
      'mooring_visits_in_flight 1',
      'mooring_replicas{state=draining} 1',
    );
    await counter.letGo();
    expect((await visit).status).toBe(200);
    expect((await origin.exited).code).toBe(0);
    await expect(scrape(metricsPort)).rejects.toThrow('ECONNREFUSED');
  });
});

test('npm start -- --metrics-port gives each replica a port of its own, and each replica reports all of them', async () => {
  const first = await freePortRange(6);
  const flags = ['--no-edge', '--replicas', '2', '--replica-port', `${first}`, '--metrics-port', `${first + 2}`];
  const cluster = runCluster([...flags, '--database', await embeddedDatabase()]);
  onTestFinished(async () => void (await cluster.end('SIGKILL')));
  await cluster.printed(/Ctrl-C stops it all/);
  await send(`http://127.0.0.1:${first + 1}`);
  await vi.waitFor(
    async () => {
      expect(await told(first + 2)).toEqual(
        expect.arrayContaining(['mooring_visits_committed_total 0', 'mooring_replicas{state=ready} 2']),
      );
      expect(await told(first + 3)).toEqual(
        expect.arrayContaining(['mooring_visits_committed_total 1', 'mooring_replicas{state=ready} 2']),
      );
    },
    { timeout: 10_000 },
  );
});
