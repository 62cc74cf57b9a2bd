import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePortRange } from '../network/free-ports.ts';
import { isPortOpen } from '../network/is-port-open.ts';
import { takeLines } from '../processes/lines.ts';
import type { Front, FrontSettings } from './front.ts';

export const NGINX_IMAGE = 'nginx:1.30';
const READY_CHECK_INTERVAL_MS = 20;

const NGINX_FOLDER = fileURLToPath(new URL('../../nginx', import.meta.url));

/** What the stack mounts into the container, too. */
const MOUNTS = {
  templates: '/etc/nginx/templates',
  '../app/pages/gateway-error.html': '/etc/nginx/mooring-pages/error.html',
  'entrypoint/30-mooring.sh': '/docker-entrypoint.d/30-mooring.sh',
  'entrypoint/parts': '/etc/nginx/mooring-entrypoint',
};

/** How it differs from the one of the stack. */
export interface NginxVariant {
  /** Is told each line of the access log, without its end. */
  onAccess?: (line: Buffer) => void;
  /** `worker_processes`; one by default: several would each begin their round robin by themselves. */
  workerProcesses?: number | 'auto';
  /** Whether clients are kept on their replica; they are by default. */
  isSticky?: boolean;
  /** `NGINX_IN_FLIGHT_LIMIT`; the stack's own without it. */
  inFlightLimit?: number;
  /** Whether it speaks HTTP/2, too, without TLS: to a client that begins with it. */
  isHttp2?: boolean;
  /** `NGINX_TRIES` */
  tries?: number;
  /** `NGINX_RESOLVER`: the name server of peers that are names. */
  resolver?: string;
  /** Other `NGINX_` variables. */
  settings?: Record<string, string>;
  /** Where its logs are written to; without it Docker takes them, which costs more than writing them. */
  logFolder?: string;
}

/** The official image has a server of its own, which comes first and takes whatever no other one is named for. */
const DEFAULT_SERVER = `
printf 'server { listen %s; server_name localhost; return 200 "the page of the image"; }' "$NGINX_LISTEN" \
  > /etc/nginx/conf.d/default.conf`;

/**
 * Has the image render the templates, and runs Nginx until standard input ends, so that no container outlives the process
 * that started it, however that ends.
 */
function runUntilStdinEnds({ workerProcesses = 1, isSticky = true, isHttp2 = false }: NginxVariant): string {
  return `${DEFAULT_SERVER}
/docker-entrypoint.sh nginx -v
sed -i 's/worker_processes .*/worker_processes ${workerProcesses};/' /etc/nginx/nginx.conf
${isSticky ? '' : ': > /etc/nginx/mooring/sticky.conf'}
${isHttp2 ? "echo 'http2 on;' >> /etc/nginx/mooring/listen.conf" : ''}
nginx -g 'daemon off;' & cat; kill $!; wait`;
}

/** Starts the real Nginx in a container on the network of this machine. */
export async function startNginxFront(options: FrontSettings, variant: NginxVariant = {}): Promise<Front> {
  const { onAccess, logFolder, inFlightLimit, settings, tries = 10, resolver = '127.0.0.1' } = variant;
  const port = await freePortRange(1);
  const mounts = Object.entries(MOUNTS).flatMap(([from, to]) => ['--volume', `${join(NGINX_FOLDER, from)}:${to}:ro`]);
  if (logFolder !== undefined) mounts.push('--volume', `${logFolder}:/var/log/nginx`);
  const values = {
    ...templateVariables(port, options),
    NGINX_TRIES: `${tries}`,
    NGINX_RESOLVER: resolver,
    NGINX_IN_FLIGHT_LIMIT: `${inFlightLimit ?? ''}`,
    ...settings,
  };
  const variables = Object.entries(values).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
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
      runUntilStdinEnds(variant),
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

  while (!(await isPortOpen(port))) await Promise.race([sleep(READY_CHECK_INTERVAL_MS), failed]);
  return {
    url: `http://127.0.0.1:${port}`,
    logs,
    async close() {
      container.stdin?.end();
      await exited;
    },
  };
}

/** The variables of `nginx/templates` for these peers. */
function templateVariables(port: number, options: FrontSettings): Record<string, string> {
  const { peers, connectTimeoutMs, readTimeoutMs, cookieSecure, trustProxy = 'none' } = options;
  return {
    // `ORIGINS` uses the words of `server`, but for the scheme of the address.
    NGINX_UPSTREAM_SERVERS: peers.map((line) => `server ${line.replace('http://', '')};`).join(' '),
    NGINX_LISTEN: `127.0.0.1:${port}`,
    NGINX_STATUS_LISTEN: `unix:/run/nginx-status.sock`,
    NGINX_CONNECT_TIMEOUT: `${connectTimeoutMs}ms`,
    NGINX_READ_TIMEOUT: `${readTimeoutMs}ms`,
    NGINX_CLIENT_MAX_BODY_SIZE: '1m',
    NGINX_TRUST_PROXY: trustProxy,
    NGINX_COOKIE_SECURE: cookieSecure ? 'on' : 'off',
  };
}
