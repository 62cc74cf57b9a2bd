import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runOrigin } from '../../testkit/processes/origin.ts';

const SECRET = 'hunter2';

async function run(flags: string[], env: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const origin = runOrigin(flags, { DATABASE_URL: `file:${join(folder, 'visits.sqlite')}`, ...env });
  onTestFinished(origin.stop);
  const { code, stderr } = await origin.exited;
  return { code, stderr, output: origin.output() };
}

test.each([
  ['a wrong setting', [], { PORT: 'http' }, /^mooring origin: 1 setting is wrong:\n {2}PORT: .*\n$/],
  [
    'two wrong settings',
    [],
    { PORT: '0', HOST: 'x' },
    /^mooring origin: 2 settings are wrong:\n {2}HOST.*\n {2}PORT.*\n$/,
  ],
  [
    'a wrong URL',
    [],
    { DATABASE_URL: `mysql://u:${SECRET}@h:x/d` },
    /^mooring origin: .*\n {2}DATABASE_URL: .* got "\*\*\*"/,
  ],
  [
    'no secret where one is required',
    [],
    { DATABASE_URL: '', DB_PASSWORD_FILE: '/none' },
    /DB_PASSWORD_FILE: .* \(ENOENT\)/,
  ],
  [
    'an app that is not there',
    ['--check'],
    { APP_FOLDER: 'examples/none' },
    /^mooring origin: 1 setting is wrong:\n {2}APP_FOLDER: expected a folder with a routes\.ts, [^\n]* got "\/.*\/examples\/none", which does not exist; for example APP_FOLDER=examples\/cart\n$/,
  ],
  ['a folder that is no app', [], { APP_FOLDER: 'docs' }, /APP_FOLDER: expected .* got "\/.*\/docs", which has none; /],
  ['an unknown flag', ['--nonsense'], {}, /^mooring origin: Unknown option '--nonsense'.*Usage: /s],
  [
    'an unreachable database to bring up to date',
    ['--migrate'],
    { DATABASE_URL: `mysql://u:${SECRET}@127.0.0.1:1/d` },
    /^mooring origin: the database mysql:\/\/u@127\.0\.0\.1:1\/d cannot be used: connect ECONNREFUSED [^\n]*\n$/,
  ],
  [
    'a folder for logs that cannot be written',
    [],
    { LOG_DIRECTORY: '/dev/null/logs' },
    /^mooring origin: 1 setting is wrong:\n {2}LOG_DIRECTORY: expected a folder that can be written, got "\/dev\/null\/logs" \(ENOTDIR\); give [^\n]*\n$/,
  ],
  ['an address of another machine', [], { HOST: '192.0.2.1' }, /^mooring origin: listen EADDRNOTAVAIL: [^\n]*\n$/],
])('%s fails with exit code 2 and a message on standard error', async (_what, flags, env, words) => {
  const { code, stderr, output } = await run(flags, env as Record<string, string>);
  expect(stderr).toMatch(words);
  expect(output).not.toContain(SECRET);
  expect(code).toBe(2);
});

test('a port in use fails with exit code 2 and one line', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void squatter.close());
  await once(squatter, 'listening');
  const { port } = squatter.address() as AddressInfo;
  const { code, stderr } = await run([], { HOST: '127.0.0.1', PORT: `${port}` });
  expect(stderr).toMatch(new RegExp(`^mooring origin: listen EADDRINUSE[^\\n]*${port}\\n$`));
  expect(code).toBe(2);
});

test('--help lists every setting and exits with 0', async () => {
  const { code, output, stderr } = await run(['--help']);
  expect(output).toMatch(/^Usage: npm run origin -- /);
  for (const name of ['PORT', 'TRUSTED_PROXIES', 'DATABASE_URL', 'DB_PASSWORD'])
    expect(output).toContain(`  ${name}\n`);
  expect(stderr).toBe('');
  expect(code).toBe(0);
});
