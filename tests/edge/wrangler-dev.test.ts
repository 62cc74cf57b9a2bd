import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TEST_APP_FOLDER } from '../../testkit/app/folder.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** wrangler takes seconds to load, twice as long when it migrates, and much longer on a busy machine. */
const START_TIMEOUT_MS = 120_000;

let folder: string;
let wrangler: ChildProcess;
let output: string;
let url: string;

beforeEach(async () => {
  // Use a copy of the project, so that wrangler keeps its local D1 apart from the developer's, and sources can be
  // changed.
  folder = await mkdtemp(join(tmpdir(), 'mooring-wrangler-'));
  for (const name of ['wrangler.toml', 'package.json', 'worker', 'app', 'drizzle', TEST_APP_FOLDER]) {
    await cp(join(PROJECT, name), join(folder, name), { recursive: true });
  }
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
});

afterEach(async () => {
  if (wrangler.exitCode === null) {
    const exited = once(wrangler, 'exit');
    // wrangler is a chain of processes. A Ctrl-C in the terminal would reach all of them.
    process.kill(-(wrangler.pid as number), 'SIGINT');
    await exited;
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const GREETING = `
import { Hono } from 'hono';
export const routes = [{ path: '/greeting', create: () => new Hono().get('/', (c) => c.text('hello')) }];
`;

async function wranglerDev(flags: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const port = await freePortRange(1);
  url = `http://127.0.0.1:${port}`;
  output = '';
  wrangler = spawn('npx', ['wrangler', 'dev', '--port', `${port}`, ...flags], {
    cwd: folder,
    env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [wrangler.stdout, wrangler.stderr])
    stream?.on('data', (text) => {
      output += text;
    });
}

async function get(path: string): Promise<{ status: number; body: string; affinity: string | null }> {
  const response = await fetch(url + path);
  return { status: response.status, body: await response.text(), affinity: response.headers.get('X-Affinity') };
}

/** Changes the copied worker so that it answers with another address. */
async function changeSource(): Promise<void> {
  const path = join(folder, 'worker/edge.ts');
  const source = await readFile(path, 'utf8');
  const changed = source.replace("ip: 'edge'", "ip: 'changed'");
  expect(changed).not.toBe(source);
  await writeFile(path, changed);
}

test('`wrangler dev` in a fresh checkout counts visits on its local D1, and reloads when a source changes', async () => {
  await wranglerDev([], { APP_FOLDER: TEST_APP_FOLDER });
  const visit = { status: 200, body: 'edge\n', affinity: 'new' };
  await vi.waitFor(async () => expect(await get('/readyz')).toMatchObject({ status: 200 }), {
    timeout: START_TIMEOUT_MS,
    interval: 200,
  });
  expect(await get('/')).toEqual(visit);
  expect(await get('/')).toEqual(visit);
  expect((await get('/showcount')).body).toBe('2\n');
  // wrangler's bundle contains the files that pages load.
  expect((await get('/assets/uplot.js')).body).toContain('uPlot');

  await changeSource();
  await vi.waitFor(async () => expect((await get('/')).body).toBe('changed\n'), {
    timeout: START_TIMEOUT_MS,
    interval: 100,
  });
  expect(output.match(/d1 migrations apply|No migrations to apply/)).toBeNull();
  expect(Number((await get('/showcount')).body)).toBeGreaterThan(2);
}, 300_000);

test('bare `wrangler dev` runs the routes of app/, and reloads when their list changes', async () => {
  await wranglerDev();
  await vi.waitFor(async () => expect(await get('/readyz')).toMatchObject({ status: 200 }), {
    timeout: START_TIMEOUT_MS,
    interval: 200,
  });
  await writeFile(join(folder, 'app/routes.ts'), GREETING);
  await vi.waitFor(async () => expect(await get('/greeting')).toMatchObject({ status: 200, body: 'hello' }), {
    timeout: START_TIMEOUT_MS,
    interval: 100,
  });
}, 300_000);

test('`wrangler dev` with a wrong line in ORIGINS names the wrong word, and serves nothing', async () => {
  await wranglerDev(['--var', 'ORIGINS:http://127.0.0.1:5001 weihgt=2']);
  await vi.waitFor(
    () => expect(output).toMatch(/ORIGINS:\s+expected\s+weight=[^,]*,\s+got\s+"weihgt=2"\s+in\s+line\s+1;/),
    {
      timeout: START_TIMEOUT_MS,
      interval: 200,
    },
  );
  await expect(get('/')).rejects.toThrow();
}, 180_000);

const HYPERDRIVE = 'CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE';

test.each([
  ['--env mysql', ['--env', 'mysql'], {}],
  ['CLOUDFLARE_ENV=mysql', [], { CLOUDFLARE_ENV: 'mysql' }],
])(
  '`wrangler dev` with %s and without its database names the variable to set',
  async (_how, flags, env) => {
    await wranglerDev(flags, { ...env, [HYPERDRIVE]: undefined, [`WRANGLER_${HYPERDRIVE.slice(11)}`]: undefined });
    // Wait for `close` and not for `exit`: output may arrive after `exit`.
    const [code] = await once(wrangler, 'close');
    expect(code).not.toBe(0);
    expect(output).toContain(`${HYPERDRIVE}: expected the URL of the MySQL to use on this machine, got nothing`);
    expect(output).toContain(`for example ${HYPERDRIVE}=mysql://user:password@127.0.0.1:3306/mooring`);
    expect(output).not.toContain('"d1_databases" exists at the top level');
  },
  180_000,
);
