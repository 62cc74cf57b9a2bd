import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePortRange } from './free-ports.ts';
import type { Front, FrontOptions } from './fronts.ts';
import { takeLines } from './lines.ts';

export const NGINX_IMAGE = 'nginx:1.30';
const READY_CHECK_INTERVAL_MS = 20;

const NGINX_FOLDER = fileURLToPath(new URL('../../nginx', import.meta.url));

/** What the stack mounts into the container, too. */
const MOUNTS = {
  templates: '/etc/nginx/templates',
  pages: '/etc/nginx/mooring-pages',
  'entrypoint/30-mooring.sh': '/docker-entrypoint.d/30-mooring.sh',
};

/**
 * Has the image render the templates, and runs Nginx until standard input ends, so that no container outlives the tests,
 * however they end. One worker process: several would each begin their round robin by themselves.
 */
const RUN_UNTIL_STDIN_ENDS = `/docker-entrypoint.sh nginx -v
sed -i 's/worker_processes .*/worker_processes 1;/' /etc/nginx/nginx.conf
nginx -g 'daemon off;' & cat; kill $!; wait`;

/**
 * Starts the real Nginx in a container on the network of this machine.
 *
 * @param onAccess is told each line of the access log, without its end
 */
export async function startNginxFront(
  options: Required<FrontOptions>,
  onAccess?: (line: Buffer) => void,
): Promise<Front> {
  const port = await freePortRange(1);
  const mounts = Object.entries(MOUNTS).flatMap(([from, to]) => ['--volume', `${join(NGINX_FOLDER, from)}:${to}:ro`]);
  const variables = Object.entries(templateVariables(port, options)).flatMap(([name, value]) => [
    '--env',
    `${name}=${value}`,
  ]);
  const container = spawn(
    'docker',
    [
      'run',
      '--rm',
      '--interactive',
      '--network',
      'host',
      ...mounts,
      ...variables,
      NGINX_IMAGE,
      'sh',
      '-c',
      RUN_UNTIL_STDIN_ENDS,
    ],
    { stdio: ['pipe', onAccess ? 'pipe' : 'ignore', 'pipe'] },
  );
  if (onAccess && container.stdout) takeLines(container.stdout, onAccess);
  const logs: string[] = [];
  createInterface(container.stderr as Readable).on('line', (line) => {
    logs.push(line);
    // Without it there would be nothing to wait for: the shell waits for the end of the tests.
    if (line.includes('[emerg]')) container.stdin?.end();
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
      container.stdin?.end();
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

/** The variables of `nginx/templates` for these peers. */
function templateVariables(port: number, options: Required<FrontOptions>): Record<string, string> {
  const { peers, connectTimeoutMs, readTimeoutMs, cookieSecure } = options;
  return {
    // `ORIGINS` uses the words of `server`, but for the scheme of the address.
    NGINX_UPSTREAM_SERVERS: peers.map((line) => `server ${line.replace('http://', '')};`).join(' '),
    NGINX_LISTEN: `127.0.0.1:${port}`,
    NGINX_STATUS_LISTEN: `unix:/run/nginx-status.sock`,
    NGINX_RESOLVER: '127.0.0.1',
    NGINX_CONNECT_TIMEOUT: `${connectTimeoutMs}ms`,
    NGINX_READ_TIMEOUT: `${readTimeoutMs}ms`,
    NGINX_TRIES: '10',
    NGINX_CLIENT_MAX_BODY_SIZE: '1m',
    NGINX_COOKIE_SECURE: cookieSecure ? 'on' : 'off',
  };
}
