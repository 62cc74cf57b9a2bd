import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { freePortRange } from '../../testkit/network/free-ports.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Drizzle Kit takes seconds to load, and much longer on a busy machine. */
const KIT_TIMEOUT_MS = 120_000;

/** Runs `drizzle-kit studio` on a database. */
async function startStudio(databaseUrl: string) {
  const port = await freePortRange(1);
  const kit = join(PROJECT, 'node_modules/.bin/drizzle-kit');
  const studio = spawn(process.execPath, [kit, 'studio', '--port', `${port}`], {
    cwd: PROJECT,
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(studio, 'exit');
  onTestFinished(async () => {
    studio.kill('SIGKILL');
    await exited;
  });
  let output = '';
  for (const stream of [studio.stdout, studio.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  const isUp = () => expect(output).toContain('up and running');
  await Promise.race([
    vi.waitFor(isUp, { timeout: KIT_TIMEOUT_MS - 10_000, interval: 50 }),
    exited.then(() => Promise.reject(new Error(`drizzle-kit studio ended: ${output}`))),
  ]);

  /** Sends a request as the page on local.drizzle.studio does. */
  async function ask(request: object): Promise<unknown> {
    const body = JSON.stringify(request);
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body });
    return response.json();
  }

  function interrupt() {
    studio.kill('SIGINT');
    return exited;
  }
  return { ask, interrupt };
}

test('drizzle-kit studio creates a SQLite file that does not exist, shows it, and ends at Ctrl-C', {
  timeout: KIT_TIMEOUT_MS,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-studio-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { ask, interrupt } = await startStudio(`file:${join(folder, 'data/visits.sqlite')}`);
  expect(await ask({ type: 'init' })).toMatchObject({ dialect: 'sqlite' });
  const data = { sql: 'select value from global_counter', params: [], method: 'all' };
  expect(await ask({ type: 'proxy', data })).toEqual([{ value: 0 }]);
  expect(await interrupt()).toEqual([null, 'SIGINT']);
});
