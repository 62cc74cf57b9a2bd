import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePortRange } from './free-ports.ts';
import type { Front, FrontOptions } from './fronts.ts';

const IMAGE = 'nginx:1.30';
const READY_CHECK_INTERVAL_MS = 20;

/** Runs Nginx until standard input ends, so that no container outlives the tests, however they end. */
const RUN_UNTIL_STDIN_ENDS = `printf %s "$CONFIG" > /tmp/nginx.conf
nginx -c /tmp/nginx.conf & cat; kill $!; wait`;

/** Starts the real Nginx in a container on the network of this machine. */
export async function startNginxFront(options: Required<FrontOptions>): Promise<Front> {
  const port = await freePortRange(1);
  const container = spawn(
    'docker',
    ['run', '--rm', '--interactive', '--network', 'host', '--env', 'CONFIG', IMAGE, 'sh', '-c', RUN_UNTIL_STDIN_ENDS],
    { env: { ...process.env, CONFIG: nginxConfig(port, options) }, stdio: ['pipe', 'ignore', 'pipe'] },
  );
  const logs: string[] = [];
  createInterface(container.stderr).on('line', (line) => {
    logs.push(line);
    // Without it there would be nothing to wait for: the shell waits for the end of the tests.
    if (line.includes('[emerg]')) container.stdin.end();
  });
  const exited = once(container, 'exit');
  const failed = exited.then(() => {
    throw new Error(`Nginx did not start:\n${logs.join('\n')}`);
  });
  // Once it runs, its end is no failure.
  failed.catch(() => {});

  while (!(await accepts(port))) await Promise.race([sleep(READY_CHECK_INTERVAL_MS), failed]);
  return {
    url: `http://127.0.0.1:${port}`,
    logs,
    async close() {
      container.stdin.end();
      await exited;
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

function nginxConfig(port: number, options: Required<FrontOptions>): string {
  const { peers, connectTimeoutMs, readTimeoutMs, cookieSecure } = options;
  // `ORIGINS` uses the words of `server`, but for the scheme of the address.
  const servers = peers.map((line) => `server ${line.replace('http://', '')};`);
  return `
daemon off;
worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr info;
events {}
http {
  access_log off;
  map $http_upgrade $connection_upgrade {
    default upgrade;
    '' '';
  }
  upstream replicas {
    zone replicas 256k;
    least_conn;
    ${servers.join('\n    ')}
    sticky cookie srv_id expires=5m httponly ${cookieSecure ? 'secure ' : ''}samesite=lax path=/;
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    large_client_header_buffers 4 64k;
    location / {
      proxy_pass http://replicas;
      proxy_http_version 1.1;
      proxy_next_upstream error timeout http_503;
      proxy_connect_timeout ${connectTimeoutMs}ms;
      proxy_read_timeout ${readTimeoutMs}ms;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Request-ID $request_id;
    }
  }
}
`;
}
