import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PARTS = fileURLToPath(new URL('../../nginx/entrypoint/parts', import.meta.url));

/** Checks these variables of `.env` as `nginx-settings` does. @returns the messages */
function check(variables: Record<string, string>): string[] {
  const script = '. "$parts/settings.sh"; . "$parts/app.sh"; refuse_wrong_settings';
  const env = { PATH: process.env.PATH, parts: PARTS, ...variables };
  const { status, stderr } = spawnSync('sh', ['-euc', script], { env, encoding: 'utf8' });
  expect(status).toBe(stderr === '' ? 0 : 2);
  return stderr.split('\n').filter(Boolean);
}

test.each([
  {},
  { APP_IMAGE: '', APP_PORT: '', APP_HEALTH_PATH: '' },
  { APP_IMAGE: 'cart:1' },
  { APP_IMAGE: 'cart:1', APP_PORT: '1', APP_HEALTH_PATH: '/' },
  { APP_IMAGE: 'cart:1', APP_PORT: '65535', APP_HEALTH_PATH: '/healthz?deep=1' },
])('%j is right', (variables) => {
  expect(check(variables as Record<string, string>)).toEqual([]);
});

test.each(['0', '65536', '100000', '080', '80 ', '-1', 'http', '80;'])('APP_PORT=%s is rejected by name', (port) => {
  expect(check({ APP_IMAGE: 'cart:1', APP_PORT: port })).toEqual([
    `mooring: APP_PORT: expected a port from 1 to 65535, got "${port}"; for example APP_PORT=8000`,
  ]);
});

test.each(['healthz', 'http://here/', '/a b', '/a\tb'])('APP_HEALTH_PATH=%j is rejected by name', (path) => {
  expect(check({ APP_IMAGE: 'cart:1', APP_HEALTH_PATH: path })).toEqual([
    `mooring: APP_HEALTH_PATH: expected a path that begins with a slash, got "${path}"; for example APP_HEALTH_PATH=/healthz`,
  ]);
});

test('a port and a path without an image are rejected, because they would have no effect', () => {
  expect(check({ APP_PORT: '8000', APP_HEALTH_PATH: '/healthz' })).toEqual([
    expect.stringContaining('APP_PORT: expected nothing without APP_IMAGE, got "8000"'),
    expect.stringContaining('APP_HEALTH_PATH: expected nothing without APP_IMAGE, got "/healthz"'),
  ]);
});
