import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createStack, type Stack } from '../../testkit/docker/stack.ts';
import { openRaw } from '../../testkit/http/raw.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';

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
    NGINX_RATE_LIMIT: '10',
    NGINX_TLS_CHECK_SECONDS: '1',
  });
  await makeCertificate();
  await stack.compose(...TLS_FILES, 'up', '--detach', '--wait', '--build');
});

afterAll(async () => {
  await stack.compose(...TLS_FILES, 'down', '--volumes', '--timeout', '5');
  await rm(folder, { recursive: true });
});

async function makeCertificate(): Promise<void> {
  const subject = ['-subj', '/CN=localhost', '-days', '1', '-nodes'];
  const files = ['-keyout', join(folder, 'tls.key'), '-out', join(folder, 'tls.crt')];
  const { code, stderr } = await stack.run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', ...subject, ...files);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
}

/** Returns the fingerprint of the certificate on a new connection. */
function fingerprint(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port: httpsPort, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? 'none');
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe('with a certificate', () => {
  test('HTTPS answers, with secure cookies and without HSTS, which is off by default', async () => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ port: httpsPort, host: '127.0.0.1', rejectUnauthorized: false }, resolve).on('error', reject);
    });
    await text(response);
    expect(response.statusCode).toBe(200);
    expect(response.headers['set-cookie']?.[0]).toMatch(/; httponly; secure; samesite=lax; path=\/$/);
    for (const cookie of response.headers['set-cookie'] as string[]) expect(cookie).toMatch(/; secure/i);
    expect(response.headers).not.toHaveProperty('strict-transport-security');
    expect(response.headers.server).toBe('nginx');
  });

  test('a renewed one is used without a command', async () => {
    const before = await fingerprint();
    await makeCertificate();
    await expect.poll(fingerprint, { timeout: 60_000 }).not.toBe(before);
  });

  test('HTTP only redirects, to the port that is published, method kept', async () => {
    const response = await fetch(`${stack.url}/showcount?a=b`, { redirect: 'manual', method: 'POST' });
    expect([response.status, response.headers.get('Location')]).toEqual([
      308,
      `https://127.0.0.1:${httpsPort}/showcount?a=b`,
    ]);
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
  });

  test('HTTP without a host is rejected, because there is no target for the redirect', async () => {
    const { socket, closed } = await openRaw(stack.url);
    socket.write('GET / HTTP/1.0\r\n\r\n');
    expect(await closed).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('HTTP/0.9, which has no status line, is closed', async () => {
    const { socket, closed } = await openRaw(stack.url);
    socket.write('GET /\r\n');
    expect(await closed).toBe('');
  });
});

test('a client that exceeds its rate is answered 429', async () => {
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

test('nginx -t accepts its configuration', async () => {
  const { code, stderr } = await stack.run('docker', 'compose', 'exec', '-T', 'nginx', 'nginx', '-t');
  expect(stderr).toMatch(/test is successful/);
  expect(code).toBe(0);
});

test('each worker process may have as many files open as it has connections, and there is one for each processor', async () => {
  const config = await stack.compose('exec', '-T', 'nginx', 'nginx', '-T');
  expect(config).toMatch(/worker_connections 3072;/);
  expect(Number(config.match(/worker_rlimit_nofile (\d+);/)?.[1])).toBeGreaterThan(3072);
  expect(Number(config.match(/worker_processes (\d+);/)?.[1])).toBeLessThanOrEqual(2);
});

test('its metrics are for the internal network only', async () => {
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

const WRONG_SETTINGS = {
  CLIENT_BODY_MAX_BYTES: ['1m', 'a whole number from 1 to 1000000000000, or off'],
  CLIENT_BODY_TIMEOUT_MS: ['5s', 'milliseconds from 100 to 3600000'],
  CLIENT_HEADER_MAX_BYTES: ['65537', 'a whole number from 4096 to 65536'],
  CLIENT_HEADER_MAX_FIELDS: ['0', 'a whole number from 1 to 1000'],
  CLIENT_REQUEST_LIMIT: ['0', 'a whole number from 1 to 1000000, or off'],
  CLIENT_SEND_TIMEOUT_MS: ['99', 'milliseconds from 100 to 3600000'],
  CLIENT_STREAM_LIMIT: ['all', 'a whole number from 1 to 1000000, or off'],
  CLIENT_UPLOAD_LIMIT: ['1.5', 'a whole number from 1 to 1000000, or off'],
  NGINX_CLIENT_HEADER_TIMEOUT: ['-1s', 'a time with a unit'],
  NGINX_CONNECTION_LIMIT: ['0', 'off or a whole number from 1'],
  NGINX_COOKIE_SECURE: ['yes', 'on or off'],
  NGINX_FAIL_TIMEOUT: ['soon', 'a time with a unit'],
  NGINX_HSTS: ['on', 'off or a number of seconds'],
  NGINX_HTTP2_STREAMS: ['none', 'a whole number from 1'],
  NGINX_MAX_FAILS: ['x', 'a whole number from 0'],
  NGINX_RATE_LIMIT: ['1r/s', 'off or a whole number from 1'],
  NGINX_TLS_CHECK_SECONDS: ['1m', 'a whole number from 1'],
  NGINX_TRUST_PROXY: [
    'all',
    'none, or nginx, x-forwarded-for:HOPS or cloudflare, each with "from" and networks (CIDR, loopback, private)',
  ],
  NGINX_TRUSTED_PROXIES: ['10.0.0.0/8;evil', 'networks separated by commas'],
  NGINX_WORKER_CONNECTIONS: ['3k', 'a whole number from 1'],
  REQUEST_LIMIT: ['1000001', 'a whole number from 1 to 1000000, or off'],
  STREAM_LIMIT: ['-1', 'a whole number from 1 to 1000000, or off'],
  UPLOAD_LIMIT: ['1 2', 'a whole number from 1 to 1000000, or off'],
  UPSTREAM_CONNECT_TIMEOUT_MS: ['75001', 'milliseconds from 1 to 75000'],
  UPSTREAM_READ_TIMEOUT_MS: ['15 000', 'milliseconds from 1 to 3600000'],
  UPSTREAM_TRIES: ['0', 'a whole number from 1 to 1000'],
  UPSTREAM_TRIES_TIMEOUT_MS: ['0', 'milliseconds from 1 to 3600000'],
} as const;

test('wrong settings are reported together, each in a line that names it', async () => {
  const variables = Object.entries(WRONG_SETTINGS).map(([name, [value]]) => `${name}=${value}`);
  const run = ['docker', 'compose', 'run', '--rm', '--no-deps', '-T', 'nginx-settings'];
  const { code, stdout, stderr } = await stack.run('env', ...variables, ...run);
  for (const [name, [value, expected]] of Object.entries(WRONG_SETTINGS)) {
    expect(`${stdout}${stderr}`).toContain(
      `mooring: ${name}: expected ${expected}, got "${value}"; for example ${name}=`,
    );
  }
  expect(code).toBe(2);
});

test('a folder without a certificate is rejected, and nothing is served by plain HTTP', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'mooring-tls-'));
  onTestFinished(() => rm(empty, { recursive: true }));
  const run = ['docker', 'compose', ...TLS_FILES, 'run', '--rm', '--no-deps', '-T', 'nginx-settings'];
  const { code, stdout, stderr } = await stack.run('env', `TLS_DIRECTORY=${empty}`, ...run);
  expect(`${stdout}${stderr}`).toContain('mooring: TLS_DIRECTORY: expected a folder with tls.crt and tls.key, got "');
  expect(code).toBe(2);
});
