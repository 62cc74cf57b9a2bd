import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePortRange } from './support/free-ports.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

let folder: string;
let wrangler: ChildProcess;
let output: string;
let url: string;

beforeEach(async () => {
  // A checkout of its own, so that wrangler keeps its local D1 apart from the developer's.
  folder = await mkdtemp(join(tmpdir(), 'mooring-wrangler-'));
  for (const name of ['wrangler.toml', 'package.json', 'worker', 'origin', 'nginx', 'drizzle', 'node_modules']) {
    await symlink(join(PROJECT, name), join(folder, name));
  }
});

afterEach(async () => {
  const exited = new Promise((resolve) => wrangler.once('exit', resolve));
  // wrangler is a chain of processes; a Ctrl-C in the terminal reaches them all.
  if (wrangler.exitCode === null) process.kill(-(wrangler.pid as number), 'SIGINT');
  await exited;
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function wranglerDev(...flags: string[]): Promise<void> {
  const port = await freePortRange(1);
  url = `http://127.0.0.1:${port}`;
  output = '';
  wrangler = spawn('npx', ['wrangler', 'dev', '--port', `${port}`, ...flags], {
    cwd: folder,
    env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' },
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

test('bare `wrangler dev` in a fresh checkout serves and counts visits on its local D1', async () => {
  await wranglerDev();
  const visit = { status: 200, body: 'edge\n', affinity: 'new' };
  await vi.waitFor(async () => expect(await get('/readyz')).toMatchObject({ status: 200 }), {
    timeout: 60_000,
    interval: 200,
  });
  expect(await get('/')).toEqual(visit);
  expect(await get('/')).toEqual(visit);
  expect((await get('/showcount')).body).toBe('2\n');
  // What pages load is in the bundle that wrangler makes.
  expect((await get('/assets/uplot.js')).body).toContain('uPlot');
}, 90_000);

test('`wrangler dev` with a wrong line in ORIGINS says which word of it is wrong, and does not serve', async () => {
  await wranglerDev('--var', 'ORIGINS:http://127.0.0.1:5001 weihgt=2');
  await vi.waitFor(() => expect(output).toMatch(/ORIGINS line 1: "weihgt=2": expected weight=/), {
    timeout: 60_000,
    interval: 200,
  });
  await expect(get('/')).rejects.toThrow();
}, 90_000);
