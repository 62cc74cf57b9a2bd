import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePortRange } from '../support/free-ports.ts';
import { createStack, type Stack } from './stack.ts';

const TLS_FILES = ['-f', 'docker-compose.yml', '-f', 'docker-compose.tls.yml'];

let stack: Stack;
let folder: string;
let httpsPort: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-tls-'));
  httpsPort = await freePortRange(1);
  stack = await createStack({
    ORIGIN_REPLICAS: '1',
    TLS_DIRECTORY: folder,
    HTTPS_PORT: `127.0.0.1:${httpsPort}`,
    NGINX_CONNECTION_LIMIT: '50',
    NGINX_RATE_LIMIT: '10',
  });
  const subject = ['-subj', '/CN=localhost', '-days', '1', '-nodes'];
  const files = ['-keyout', join(folder, 'tls.key'), '-out', join(folder, 'tls.crt')];
  const { code, stderr } = await stack.run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', ...subject, ...files);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  await stack.compose(...TLS_FILES, 'up', '--detach', '--wait', '--build');
});

afterAll(async () => {
  await stack.remove();
  await rm(folder, { recursive: true });
});

describe('with a certificate', () => {
  test('HTTPS answers, with a secure cookie and HSTS', async () => {
    const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      get({ port: httpsPort, host: '127.0.0.1', rejectUnauthorized: false }, resolve).on('error', reject);
    });
    await text(response);
    expect(response.statusCode).toBe(200);
    expect(response.headers['set-cookie']?.[0]).toMatch(/; httponly; secure; samesite=lax; path=\/$/);
    expect(response.headers['strict-transport-security']).toMatch(/^max-age=\d+$/);
    expect(response.headers.server).toBe('nginx');
  });

  test('HTTP only redirects, method kept', async () => {
    const response = await fetch(`${stack.url}/showcount?a=b`, { redirect: 'manual', method: 'POST' });
    expect([response.status, response.headers.get('Location')]).toEqual([308, 'https://127.0.0.1/showcount?a=b']);
  });
});

test('a client over the rate it may have is answered 429', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => {
      return new Promise<number | undefined>((resolve, reject) => {
        const request = get({ port: httpsPort, host: '127.0.0.1', path: '/healthz', rejectUnauthorized: false });
        request.on('response', (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        request.on('error', reject);
      });
    }),
  );
  expect(new Set(answers)).toEqual(new Set([200, 429]));
});

test('its configuration is one that nginx -t accepts', async () => {
  const { code, stderr } = await stack.run('docker', 'compose', 'exec', '-T', 'nginx', 'nginx', '-t');
  expect(stderr).toMatch(/test is successful/);
  expect(code).toBe(0);
});

test('it takes more connections than the image lets it', async () => {
  expect(await stack.compose('exec', '-T', 'nginx', 'nginx', '-T')).toMatch(/worker_connections\s+8192;/);
});

test('its figures are for the internal network only', async () => {
  const { stdout } = await stack.run(
    'docker',
    'compose',
    'exec',
    '-T',
    'origin',
    'node',
    '--eval',
    "fetch('http://nginx:8080/stub_status').then((r) => r.text()).then(console.log)",
  );
  expect(stdout).toMatch(/^Active connections: \d+/);
  expect((await fetch(`${stack.url}/stub_status`, { redirect: 'manual' })).status).toBe(308);
});

test.each([
  ['NGINX_RATE_LIMIT', 'fast', 'off or a whole number from 1'],
  ['NGINX_CONNECTION_LIMIT', '0', 'off or a whole number from 1'],
  ['NGINX_IN_FLIGHT_LIMIT', 'many', 'off or a whole number from 1'],
  ['NGINX_TRUSTED_PROXIES', '10.0.0.0/8;evil', 'networks separated by commas'],
])('%s=%s is refused in a line that names it', async (name, value, expected) => {
  const { code, stdout, stderr } = await stack.run(
    'docker',
    'compose',
    'run',
    '--rm',
    '--no-deps',
    '-T',
    '--env',
    `${name}=${value}`,
    'nginx',
  );
  expect(`${stdout}${stderr}`).toContain(`mooring: ${name}: expected ${expected}, got "${value}"`);
  expect(code).not.toBe(0);
});
