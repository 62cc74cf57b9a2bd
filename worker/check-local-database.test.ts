import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('check-local-database.mjs', import.meta.url));
const NAME = 'CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE';
const DEPRECATED = 'WRANGLER_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE';

const folder = mkdtempSync(join(tmpdir(), 'mooring-check-'));
mkdirSync(join(folder, 'app'));
writeFileSync(join(folder, 'app/routes.ts'), '');
afterAll(() => rmSync(folder, { recursive: true }));

function check(settings: Record<string, string>) {
  const env = { PATH: process.env.PATH, WRANGLER_COMMAND: 'dev', ...settings };
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT], { cwd: folder, env, encoding: 'utf8' });
  return { status, stderr };
}

test.each([
  [NAME, '', 'nothing'],
  [NAME, 'sec:ret', 'something that is no URL'],
  [NAME, 'postgres://user:secret@127.0.0.1/mooring', 'a URL that begins with postgres:'],
  [DEPRECATED, 'mysql://user:secret@127.0.0.1:3306', 'a URL without database'],
  [NAME, 'mysql://127.0.0.1/mooring', 'a URL without user and password'],
])('%s=%s is wrong', (name, value, got) => {
  const { status, stderr } = check({ [name]: value });
  expect(status).toBe(1);
  expect(stderr).toBe(
    `${name}: expected the URL of the MySQL to use on this machine, got ${got}; for example ${name}=mysql://user:password@127.0.0.1:3306/mooring\n`,
  );
});

test.each([NAME, DEPRECATED])('%s is accepted', (name) => {
  expect(check({ [name]: 'mysql://user:secret@db:3307/mooring' })).toEqual({ status: 0, stderr: '' });
});

test('a build for Cloudflare needs no local database', () => {
  expect(check({ WRANGLER_COMMAND: 'deploy' })).toEqual({ status: 0, stderr: '' });
});
