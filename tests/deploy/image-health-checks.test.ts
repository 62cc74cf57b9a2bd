import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs an image's health check as Docker does, in the image's folder. @returns its exit code */
async function checkHealth(dockerfile: string, env: Record<string, string>): Promise<number> {
  const text = readFileSync(new URL(`../../${dockerfile}`, import.meta.url), 'utf8');
  const [program, ...args] = JSON.parse(text.match(/^HEALTHCHECK (?:.|\\\n)*?CMD (\[.*\])$/m)?.[1] ?? '[]') as string[];
  expect(program).toBe('node');
  const child = spawn(process.execPath, args, { cwd: PROJECT, env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code as number;
}

/** Serves one path with this status. @returns its port */
async function serve(path: string, status: number): Promise<string> {
  const server = createServer(({ url }, response) => response.writeHead(url === path ? status : 404).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `${(server.address() as AddressInfo).port}`;
}

test.each([
  ['origin/Dockerfile', '/readyz'],
  ['worker/Dockerfile', '/healthz'],
])('the health check of %s tells whether %s answers 200 on the port PORT', async (dockerfile, path) => {
  expect(await checkHealth(dockerfile, { PORT: await serve(path, 200) })).toBe(0);
  expect(await checkHealth(dockerfile, { PORT: await serve(path, 503) })).toBe(1);
  // Only root may listen on this port, and no program does.
  expect(await checkHealth(dockerfile, { PORT: '1' })).toBe(1);
});

test.each([
  ['origin/Dockerfile', {}, 'http://127.0.0.1:5000/readyz'],
  ['origin/Dockerfile', { HOST: '', PORT: '' }, 'http://127.0.0.1:5000/readyz'],
  ['origin/Dockerfile', { HOST: '10.0.0.5', PORT: '81' }, 'http://10.0.0.5:81/readyz'],
  ['origin/Dockerfile', { HOST: '::' }, 'http://[::1]:5000/readyz'],
  ['origin/Dockerfile', { HOST: 'fd00::5' }, 'http://[fd00::5]:5000/readyz'],
  ['worker/Dockerfile', {}, 'http://127.0.0.1:8787/healthz'],
] as const)('the health check of %s asks, with %j, %s', async (dockerfile, env, expected) => {
  const fetchInstead = `globalThis.fetch = async (url) => ({ ok: url === ${JSON.stringify(expected)} })`;
  const preload = `--import="data:text/javascript,${encodeURIComponent(fetchInstead)}"`;
  expect(await checkHealth(dockerfile, { ...env, NODE_OPTIONS: preload })).toBe(0);
});

test.each([
  [200, 0],
  [204, 0],
  [302, 0],
  [404, 1],
  [503, 1],
])('a replica of APP_IMAGE that answers %i makes its health check exit with %i', async (status, code) => {
  expect(await checkApp(await serve('/ready?now', status), '/ready?now')).toBe(code);
});

test('a replica of APP_IMAGE that does not listen is not healthy', async () => {
  expect(await checkApp('1', '/')).toBe(1);
});

async function checkApp(port: string, path: string): Promise<number> {
  const child = spawn('bash', ['nginx/entrypoint/parts/check-health.bash', port, path], { cwd: PROJECT });
  const [code] = await once(child, 'exit');
  return code as number;
}

test('with a file, a replica that was ready once is healthy while it lives, and one that never was is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-health-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const check = async (path: string) => {
    const args = ['origin/health-check.ts', join(folder, 'was-ready')];
    const env = { PORT: await serve(path, 200) };
    const [code] = await once(spawn(process.execPath, args, { cwd: PROJECT, env, stdio: 'inherit' }), 'exit');
    return code;
  };
  expect(await check('/healthz')).toBe(1);
  expect(await check('/readyz')).toBe(0);
  expect(await check('/healthz')).toBe(0);
  expect(await check('/nothing')).toBe(1);
});
