import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { readLines } from '../../cli/read-lines.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { isPortOpen } from '../../testkit/network/is-port-open.ts';

const EDGE = fileURLToPath(new URL('../../worker/host/main.ts', import.meta.url));
const CLUSTER = fileURLToPath(new URL('../../local/main.ts', import.meta.url));

test('an edge that is killed together with its supervisor leaves no process on its port', async () => {
  const port = await freePortRange(1);
  const env = { PATH: process.env.PATH, PORT: `${port}`, ORIGINS: 'http://127.0.0.1:9' };
  // As the supervisor starts it: with an IPC channel, in a process group of its own.
  const edge = spawn(process.execPath, [EDGE], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
  onTestFinished(() => void edge.kill('SIGKILL'));
  await once(edge, 'message');
  expect(await isPortOpen(port)).toBe(true);
  edge.kill('SIGKILL');
  await expect.poll(() => isPortOpen(port), { timeout: 20_000 }).toBe(false);
});

test('a cluster whose output is no longer read stops cleanly with all its processes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 5 }));
  const port = await freePortRange(1);
  const flags = ['--replicas', '1', '--no-edge', '--replica-port', `${port}`];
  const database = ['--database', `file:${join(folder, 'visits.sqlite')}`];
  const cluster = spawn(process.execPath, [CLUSTER, ...flags, ...database], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void cluster.kill('SIGKILL'));
  let errors = '';
  cluster.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const exited = once(cluster, 'exit');
  // Reads the banner and closes the pipe, as `head` does.
  const isUp = Promise.withResolvers<void>();
  readLines(cluster.stdout, (line) => `${line}`.startsWith('Mooring is up') && isUp.resolve());
  await isUp.promise;
  cluster.stdout.destroy();
  expect(await isPortOpen(port)).toBe(true);
  cluster.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(errors).toBe('');
  expect(await isPortOpen(port)).toBe(false);
});
