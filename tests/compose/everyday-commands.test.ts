import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createStack, type Outcome, type Stack } from '../../testkit/docker/stack.ts';
import { type StepReport, startTraffic, type Traffic } from '../../testkit/docker/traffic.ts';

/** Timeout of tests with several commands that each wait for healthy containers. */
const SLOW = { timeout: 480_000 };
const CLIENTS = 8;
const UP = ['docker', 'compose', 'up', '--detach', '--wait'] as const;

let stack: Stack;
let traffic: Traffic;
let folder: string;
const reports: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-everyday-'));
  stack = await createStack({ ORIGIN_REPLICAS: '2' });
  await stack.compose('up', '--detach', '--wait', '--build');
  traffic = await startTraffic(stack.url, CLIENTS);
});

afterAll(async () => {
  await traffic?.stop();
  console.log(['What clients saw:', ...reports].join('\n  '));
  await stack.remove();
  await rm(folder, { recursive: true });
});

/** Runs a command while clients send requests. */
async function run(...command: string[]): Promise<Outcome & { saw: StepReport }> {
  let outcome: Outcome | undefined;
  const saw = await traffic.during(async () => {
    const [program, ...args] = command as [string, ...string[]];
    outcome = await stack.run(program, ...args);
  });
  note(command.join(' '), saw);
  return { ...(outcome as Outcome), saw };
}

function note(step: string, { requests, failed, moved }: StepReport): void {
  const counts = new Map<string, number>();
  for (const { method, got } of failed) counts.set(`${method} ${got}`, (counts.get(`${method} ${got}`) ?? 0) + 1);
  const kinds = [...counts].map(([kind, count]) => `${count} x ${kind}`).join(', ');
  reports.push(`${step}: ${requests} requests, ${failed.length} failed (${kinds || 'none'}), ${moved.length} moved`);
}

/** Expects a command to succeed without any effect on clients. */
async function unnoticed(...command: string[]): Promise<void> {
  const { code, stderr, saw } = await run(...command);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect({ failed: saw.failed, moved: saw.moved }).toEqual({ failed: [], moved: [] });
}

/** Expects a command to succeed without a failed request. Clients of removed replicas may move. */
async function withoutFailure(...command: string[]): Promise<void> {
  const { code, stderr, saw } = await run(...command);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(saw.failed).toEqual([]);
}

/** Returns the ids of the containers that serve requests. */
async function serving(): Promise<string[]> {
  const format = '{{.Label "com.docker.compose.service"}} {{.ID}}';
  const filters = ['--filter', `label=com.docker.compose.project=${stack.name}`];
  const { stdout } = await stack.run('docker', 'ps', '--no-trunc', '--format', format, ...filters);
  return stdout
    .split('\n')
    .filter((line) => /^(db|nginx|origin) /.test(line))
    .sort();
}

async function replicaIds(): Promise<string[]> {
  return (await stack.replicas()).map(({ id }) => id).sort();
}

test('up again changes nothing', async () => {
  const before = await serving();
  await unnoticed(...UP);
  expect(await serving()).toEqual(before);
});

test('up after scale.sh keeps every container and the number of replicas', async () => {
  const before = await serving();
  await unnoticed('./scale.sh', '3');
  expect(await readFile(stack.envFile, 'utf8')).toMatch(/^ORIGIN_REPLICAS=3$/m);
  const scaled = await serving();
  expect(scaled).toEqual(expect.arrayContaining(before));
  await unnoticed(...UP);
  expect(await serving()).toEqual(scaled);
  expect(await replicaIds()).toHaveLength(3);
});

test(
  'a changed .env is checked by up and applied by update.sh; up afterwards keeps every container',
  SLOW,
  async () => {
    const statuses = async () => {
      const body = 'x'.repeat(2000);
      const answers = [
        fetch(`${stack.url}/dashboard`),
        fetch(`${stack.url}/`, { method: 'POST', body }),
        fetch(`${stack.url}/showcount`),
      ];
      return (await Promise.all(answers)).map(({ status }) => status);
    };
    const before = await serving();
    const statusesBefore = await statuses();
    await stack.set({ DASHBOARD: 'off', CLIENT_BODY_MAX_BYTES: '1024' });
    await unnoticed(...UP);
    expect(await serving()).toEqual(before);
    expect(await statuses()).toEqual(statusesBefore);

    const old = await replicaIds();
    await withoutFailure('./update.sh');
    // A moment later, because Nginx starts its new workers in the background.
    await expect.poll(statuses, { timeout: 10_000 }).toEqual([404, 413, 200]);
    expect(await replicaIds()).toHaveLength(old.length);
    expect((await replicaIds()).filter((id) => old.includes(id))).toEqual([]);

    const updated = await serving();
    await unnoticed(...UP);
    expect(await serving()).toEqual(updated);
  },
);

describe('an invalid .env', () => {
  test.each([
    [
      'db-settings',
      { DB_BINLOG: 'maybe', DB_BINLOG_HOURS: '0', DB_MAX_CONNECTIONS: 'many' },
      ['DB_BINLOG: expected on or off, got "maybe"', 'DB_BINLOG_HOURS: expected', 'DB_MAX_CONNECTIONS: expected'],
    ],
    ['nginx-settings', { UPSTREAM_TRIES: 'many' }, ['UPSTREAM_TRIES: expected']],
    [
      'origin-settings',
      { DASHBOARD: 'public', DRAIN_TIMEOUT_MS: '60001' },
      [
        'DASHBOARD: expected one of off, private, token, got "public"',
        'DRAIN_TIMEOUT_MS: expected at most 60000, because the replica is killed 65000 ms after',
      ],
    ],
  ])('is rejected by %s: neither up nor update.sh applies %j', async (service, wrong, messages) => {
    const before = await serving();
    await stack.set(wrong);
    const up = await run(...UP);
    expect(up.code).not.toBe(0);
    expect(up.stderr).toContain(service);
    const log = await stack.compose('logs', '--no-color', service);
    const update = await run('./update.sh');
    expect(update.code).toBe(1);
    expect(update.stderr).toContain('nothing was replaced');
    for (const message of messages) for (const text of [log, update.stderr]) expect(text).toContain(message);

    for (const { saw } of [up, update]) expect([saw.failed, saw.moved]).toEqual([[], []]);
    expect(await serving()).toEqual(before);
    await stack.set(Object.fromEntries(Object.keys(wrong).map((name) => [name, undefined])));
  });
});

test('update.sh with an image that never becomes healthy removes the new replicas', SLOW, async () => {
  const before = await serving();
  const healthcheck = 'HEALTHCHECK --interval=1s --timeout=30s --start-period=1s --retries=1 CMD ["false"]';
  await writeFile(join(folder, 'Dockerfile'), `FROM ${stack.name}-origin\n${healthcheck}\n`);
  const override = join(folder, 'broken.yml');
  const build = JSON.stringify({ context: folder, dockerfile: 'Dockerfile' });
  await writeFile(override, `services: { origin-settings: { build: ${build} } }\n`);
  const { code, stderr, saw } = await run('env', `COMPOSE_FILE=docker-compose.yml:${override}`, './update.sh');
  expect(code).toBe(1);
  expect(stderr).toMatch(/not every new replica got healthy:\n {2}\S+: running, unhealthy/);
  expect(stderr).toContain('nothing was replaced: the 3 old replicas run on, with the old image');
  expect(saw.failed).toEqual([]);
  expect(await serving()).toEqual(before);
  await unnoticed(...UP);
  expect(await serving()).toEqual(before);
});

describe('with a stopped replica', () => {
  async function stopOne(): Promise<string> {
    const [victim] = await replicaIds();
    await withoutFailure('docker', 'stop', victim as string);
    return victim as string;
  }

  test('update.sh replaces it, too, and starts ORIGIN_REPLICAS new ones', async () => {
    const old = await replicaIds();
    const stopped = await stopOne();
    await withoutFailure('./update.sh');
    expect(await replicaIds()).toHaveLength(3);
    expect((await replicaIds()).filter((id) => old.includes(id))).toEqual([]);
    expect((await stack.run('docker', 'inspect', stopped)).code).not.toBe(0);
  });

  test('scale.sh starts a new one in its place', async () => {
    const stopped = await stopOne();
    await withoutFailure('./scale.sh', '3');
    expect(await replicaIds()).toHaveLength(3);
    expect(await replicaIds()).not.toContain(stopped);
  });

  test('up starts it again and changes nothing else', async () => {
    const before = await serving();
    await stopOne();
    await unnoticed(...UP);
    expect(await serving()).toEqual(before);
  });
});

describe('the lock of the project', () => {
  const lock = () => join(process.env.TMPDIR ?? '/tmp', `mooring-${stack.name}.lock`);

  test('prevents the second of two scripts from changing anything', async () => {
    let outcomes: Outcome[] = [];
    const saw = await traffic.during(async () => {
      const update = stack.run('./update.sh');
      await vi.waitFor(() => access(join(lock(), 'pid')), { timeout: 60_000 });
      outcomes = [await stack.run('./scale.sh', '2'), await update];
    });
    note('./scale.sh 2 during ./update.sh', saw);
    const [scale, update] = outcomes as [Outcome, Outcome];
    expect([scale.code, update.code]).toEqual([3, 0]);
    expect(scale.stderr).toMatch(
      /is already changing the project mooring-test-\w+ \(process \d+\): wait until it ends/,
    );
    expect(await replicaIds()).toHaveLength(3);
    expect(saw.failed).toEqual([]);
  });

  test('is taken over from a script that was killed', async () => {
    const { stdout } = await stack.run('sh', '-c', 'echo $$');
    await mkdir(lock());
    await writeFile(join(lock(), 'pid'), stdout);
    await unnoticed('./scale.sh', '3');
    await expect(access(lock())).rejects.toThrow('ENOENT');
  });
});

describe('the name of the project', () => {
  test.each([['-p'], ['--project-name']])('is taken from %s', async (option) => {
    const count = (await replicaIds()).length === 2 ? '3' : '2';
    await withoutFailure('env', 'COMPOSE_PROJECT_NAME=mooring-test-other', './scale.sh', option, stack.name, count);
    expect(await replicaIds()).toHaveLength(Number(count));
  });

  test.each([
    ['./scale.sh', '2', '-p', 'mooring-test-other'],
    ['./update.sh', '--project-name=mooring-test-other'],
  ])('%s %s finds no replica of another project', async (...command) => {
    const { code, stderr } = await run(...command);
    expect([code, stderr]).toEqual([2, expect.stringContaining('no replica is running')]);
  });
});

test('a restart of the database moves no client, and only visits fail, with 503', async () => {
  const before = await serving();
  const { code, saw } = await run('sh', '-c', `docker compose restart db && ${UP.join(' ')}`);
  expect(code).toBe(0);
  expect(saw.moved).toEqual([]);
  expect(saw.failed.filter(({ method, got }) => method !== 'GET' || got !== 503)).toEqual([]);
  expect(await serving()).toEqual(before);
});

test('a restart of Nginx refuses connections until it listens again, and moves no client', async () => {
  const { code, saw } = await run('docker', 'compose', 'restart', 'nginx');
  expect(code).toBe(0);
  expect(saw.moved).toEqual([]);
  // Accepted requests are answered: a status here would mean that Nginx gave one up.
  expect(saw.failed.filter(({ got }) => typeof got === 'number')).toEqual([]);
});

describe.each(['./scale.sh', './update.sh'])('%s', (script) => {
  test.each(['--help', '-h'])('%s prints the usage and exits with 0', async (option) => {
    const { code, stdout, stderr } = await stack.run(script, option);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: ${script}`));
  });

  test.each([[['--no-such']], [['-p']], [['--timeout', '0']], [['--timeout=soon']]])(
    'rejects %j with its usage and exit code 2',
    async (args) => {
      const { code, stdout, stderr } = await stack.run(script, ...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`Usage: ${script}`);
    },
  );
});
