import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { killProcessGroup } from '../../local/kill-process-group.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

test('a SIGTERM that npm receives reaches its program, which stops cleanly before npm ends', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-npm-'));
  const env = {
    ...process.env,
    HOST: '127.0.0.1',
    PORT: `${await freePortRange(1)}`,
    DATABASE_URL: `file:${join(folder, 'mooring.sqlite')}`,
    DRAIN_NOTICE_MS: '0',
  };
  // Where /bin/sh is dash it would end and leave the program behind, if the script did not begin with `exec`.
  const npm = spawn('npm', ['run', '--silent', 'origin', '--', '--migrate'], { cwd: PROJECT, env, detached: true });
  onTestFinished(async () => {
    killProcessGroup(npm.pid as number);
    await rm(folder, { recursive: true, force: true });
  });
  let output = '';
  for (const stream of [npm.stdout, npm.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  await vi.waitFor(() => expect(output).toContain('"listening"'), { timeout: 60_000 });

  npm.kill('SIGTERM');
  const [code] = await once(npm, 'exit');
  expect(output).toContain('"drained"');
  expect(code, output).toBe(0);
});
