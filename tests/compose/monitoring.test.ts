import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { monitoringImages } from '../../testkit/docker/monitoring-images.ts';
import { createPrometheus, type Prometheus } from '../../testkit/docker/prometheus.ts';
import { createStack, type Replica, type Stack } from '../../testkit/docker/stack.ts';
import { dashboardQueries } from '../../testkit/monitoring/monitoring-files.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';

const SOON = { timeout: 90_000, interval: 500 };
/** The profile without Grafana: tests/monitoring/grafana.test.ts checks its files. */
const SERVICES = ['nginx', 'prometheus', 'nginx-exporter'];

let stack: Stack;
let prometheus: Prometheus;

beforeAll(async () => {
  const port = await freePortRange(1);
  stack = await createStack({ PROMETHEUS_PORT: `127.0.0.1:${port}`, ...(await monitoringImages()) });
  prometheus = createPrometheus(`http://127.0.0.1:${port}`);
  await stack.compose('--profile', 'monitoring', 'up', '--detach', '--wait', '--build', ...SERVICES);
});

afterAll(async () => {
  await stack.remove();
});

/** Expects that Prometheus scrapes exactly the existing replicas. */
async function expectEveryReplicaScraped(replicas: number): Promise<void> {
  await vi.waitFor(async () => {
    const instances = (await stack.replicas()).map(({ address }) => address.replace(/:5000$/, ':9464'));
    expect(instances).toHaveLength(replicas);
    const targets = (await prometheus.targets()).filter(({ job }) => job === 'mooring');
    expect(targets.map(({ instance }) => instance).sort()).toEqual(instances.sort());
    expect(targets.map(({ health }) => health)).toEqual(instances.map(() => 'up'));
  }, SOON);
}

async function value(expression: string): Promise<number | undefined> {
  return (await prometheus.query(expression))[0]?.value;
}

test('all targets are up, and every replica is one of them', async () => {
  await expectEveryReplicaScraped(3);
  await vi.waitFor(async () => {
    const others = (await prometheus.targets()).filter(({ job }) => job !== 'mooring');
    expect(others.map(({ job, health }) => `${job} ${health}`).sort()).toEqual(['nginx up', 'prometheus up']);
  }, SOON);
});

test('only Nginx and Prometheus publish a port, and Prometheus to this machine only unless a setting says otherwise', async () => {
  const published = (await stack.compose('ps', '--format', '{{.Service}} {{.Publishers}}')).trim().split('\n');
  const open = published.filter((line) => /\b0\.0\.0\.0\b|127\.0\.0\.1/.test(line)).map((line) => line.split(' ')[0]);
  expect(open.sort()).toEqual(['nginx', 'prometheus']);
  // An empty `.env`, which leaves the address at its default.
  const config = ['docker', 'compose', '--profile', 'monitoring', 'config'];
  const { stdout } = await stack.run('env', 'COMPOSE_ENV_FILES=/dev/null', ...config);
  expect(stdout).toMatch(/host_ip: 127\.0\.0\.1\n\s+target: 9090\n\s+published: "9090"/);
});

test('no monitoring service can write a file, has a capability or is root', async () => {
  const status = await stack.compose('exec', '-T', 'prometheus', 'cat', '/proc/1/status');
  expect(status).toMatch(/^CapBnd:\s0+$/m);
  expect(status).toMatch(/^NoNewPrivs:\s1$/m);
  expect(status).not.toMatch(/^Uid:\s0\s/m);
  const { code } = await stack.run('docker', 'compose', 'exec', '-T', 'prometheus', 'touch', '/etc/prometheus/x');
  expect(code).not.toBe(0);
});

test('./scale.sh 5: Prometheus finds the two new replicas', async () => {
  expect((await stack.run('./scale.sh', '5')).code).toBe(0);
  await expectEveryReplicaScraped(5);
});

describe('with visitors', () => {
  let visitors: ReturnType<Stack['startVisitors']>;

  beforeAll(() => {
    visitors = stack.startVisitors(8);
  });

  afterAll(async () => {
    await visitors.stop();
  });

  /** The edge and a database group are not part of this stack. */
  const queries = dashboardQueries.filter(
    ([, query]) => !/job="(edge|mysql-group)"|mooring_database_primary/.test(query),
  );

  test.each(queries)('the dashboard shows something for: %s', async (_panel, expression) => {
    const query = expression.replaceAll('$__rate_interval', '20s');
    await vi.waitFor(async () => {
      const series = await prometheus.query(query);
      expect(series.length).toBeGreaterThan(0);
      expect(series.map((line) => Number.isFinite(line.value))).toContain(true);
    }, SOON);
  });

  test('./scale.sh 3: the two removed replicas are gone and not lost, and no alert fires', async () => {
    expect((await stack.run('./scale.sh', '3')).code).toBe(0);
    await expectEveryReplicaScraped(3);
    await vi.waitFor(async () => {
      expect(await value('min(mooring_replicas{state="gone"})')).toBe(2);
      expect(await value('max(mooring_replicas{state="ready"})')).toBe(3);
    }, SOON);
    expect(await value('max(max_over_time(mooring_replicas{state="lost"}[5m]))')).toBe(0);
    expect(await prometheus.alerts('pending')).toEqual([]);
    expect(await prometheus.alerts('firing')).toEqual([]);
  });

  test('docker kill of a replica: the replica is lost, and the alert fires', async () => {
    const [victim] = (await stack.replicas()) as [Replica, ...Replica[]];
    await stack.run('docker', 'kill', '--signal', 'KILL', victim.id);
    await vi.waitFor(async () => expect(await prometheus.alerts('firing')).toEqual(['MooringReplicaLost']), SOON);
  });
});

test('docker kill of MySQL: the alerts for the database and for ready replicas fire, and are resolved afterwards', async () => {
  const [database] = (await stack.compose('ps', '--quiet', 'db')).split('\n') as [string];
  const away = ['MooringDatabaseUnreachable', 'MooringNoReplicaReady'];
  await stack.run('docker', 'kill', '--signal', 'KILL', database);
  await vi.waitFor(async () => expect(await prometheus.alerts('firing')).toEqual(expect.arrayContaining(away)), SOON);
  await stack.run('docker', 'start', database);
  await vi.waitFor(async () => {
    const firing = await prometheus.alerts('firing');
    expect(firing.filter((name) => away.includes(name))).toEqual([]);
  }, SOON);
});
