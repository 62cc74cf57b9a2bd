import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { delay } from '../../app/lib/delay.ts';
import { readLines } from '../../cli/read-lines.ts';
import { freePortRange } from '../network/free-ports.ts';
import { isPortOpen } from '../network/is-port-open.ts';
import type { FrontSettings, LoggedFront } from './front.ts';

export const NGINX_IMAGE = 'nginx:1.30';
const READY_CHECK_INTERVAL_MS = 20;

const NGINX_FOLDER = fileURLToPath(new URL('../../nginx', import.meta.url));

/** Runs beside Nginx where `NGINX_DASHBOARD_SERVICE` is set. */
const DASHBOARD_WATCH = '/docker-entrypoint.d/46-mooring-dashboard.envsh';

/** The stack mounts the same files into the container. */
const MOUNTS = {
  templates: '/etc/nginx/templates',
  '../app/pages/gateway-error.html': '/etc/nginx/mooring-pages/error.html',
  'entrypoint/20-mooring-error-log.envsh': '/docker-entrypoint.d/20-mooring-error-log.envsh',
  'entrypoint/30-mooring.sh': '/docker-entrypoint.d/30-mooring.sh',
  'entrypoint/parts': '/etc/nginx/mooring-entrypoint',
  'entrypoint/46-mooring-dashboard.envsh': DASHBOARD_WATCH,
};

/** Differences from the Nginx of the stack. */
export interface NginxVariant {
  /** Called with each line of the access log, without its line end. */
  onAccess?: (line: Buffer) => void;
  /** `worker_processes`. One by default: each of several would start its own round robin. */
  workerProcesses?: number | 'auto';
  /** Whether clients stay on their replica; true by default. */
  isSticky?: boolean;
  /** Whether it speaks HTTP/2, too, without TLS: to clients that start with it (prior knowledge). */
  isHttp2?: boolean;
  /** `NGINX_RESOLVER`: the name server that resolves the peers' names. */
  resolver?: string;
  /** Other variables, which begin with `NGINX_`. */
  settings?: Record<string, string>;
  /** Name of the container. */
  containerName?: string;
  /** Folder for the logs. Without it Docker takes them, which costs more than writing files. */
  logFolder?: string;
}

/**
 * The official image has a server of its own. It comes first and takes every request whose host no other server names.
 */
const DEFAULT_SERVER = `
printf 'server { listen %s; server_name localhost; return 200 "the page of the image"; }' "$NGINX_LISTEN" \
  > /etc/nginx/conf.d/default.conf`;

/**
 * Nginx keeps some connections of HTTP/2 after their clients have ended them, such as those with many reset streams, but not
 * for longer than `keepalive_timeout`. Shorter, so that a test sees the end.
 */
const HTTP2 = `
echo 'http2 on;' >> /etc/nginx/mooring/listen.conf
sed -i 's/keepalive_timeout .*/keepalive_timeout 10s;/' /etc/nginx/mooring/*.conf`;

/**
 * Returns a shell script: the image renders the templates, then Nginx runs until standard input ends. So no container
 * outlives the process that started it, however that process ends.
 */
function runUntilStdinEnds({ workerProcesses = 1, isSticky = true, isHttp2 = false }: NginxVariant): string {
  return `${DEFAULT_SERVER}
/docker-entrypoint.sh nginx -v
sed -i 's/worker_processes .*/worker_processes ${workerProcesses};/' /etc/nginx/nginx.conf
${isSticky ? '' : ': > /etc/nginx/mooring/sticky.conf'}
${isHttp2 ? HTTP2 : ''}
nginx -g 'daemon off;' & nginx=$!; . ${DASHBOARD_WATCH}; watch=$!; cat; kill $nginx $watch; wait`;
}

/** Starts the real Nginx in a container, on this machine's network. */
export async function startNginxFront(options: FrontSettings, variant: NginxVariant = {}): Promise<LoggedFront> {
  const { onAccess, logFolder, settings, resolver = '127.0.0.1' } = variant;
  const port = await freePortRange(1);
  const mounts = Object.entries(MOUNTS).flatMap(([from, to]) => ['--volume', `${join(NGINX_FOLDER, from)}:${to}:ro`]);
  if (logFolder !== undefined) mounts.push('--volume', `${logFolder}:/var/log/nginx`);
  const values = {
    ...templateVariables(port, options),
    NGINX_RESOLVER: resolver,
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
      ...(variant.containerName === undefined ? [] : ['--name', variant.containerName]),
      ...mounts,
      ...variables,
      NGINX_IMAGE,
      'sh',
      '-c',
      runUntilStdinEnds(variant),
    ],
    { stdio: ['pipe', onAccess ? 'pipe' : 'ignore', 'pipe'] },
  );
  if (onAccess && container.stdout) readLines(container.stdout, onAccess);
  const logs: string[] = [];
  readLines(container.stderr as Readable, (bytes) => {
    const line = bytes.toString();
    logs.push(line);
    // End the container: its shell would otherwise wait until the tests end.
    if (line.includes('[emerg]')) container.stdin?.end();
  });
  const exited = once(container, 'exit');
  const failed = exited.then(() => {
    throw new Error(`Nginx did not start:\n${logs.join('\n')}`);
  });
  // After the start, the container's end is no failure to start.
  failed.catch(() => {});

  while (!(await isPortOpen(port))) await Promise.race([delay(READY_CHECK_INTERVAL_MS), failed]);
  return {
    url: `http://127.0.0.1:${port}`,
    logs,
    async close() {
      container.stdin?.end();
      await exited;
    },
  };
}

/** Returns the variables of `nginx/templates` for these peers. */
function templateVariables(port: number, options: FrontSettings): Record<string, string> {
  const { peers, connectTimeoutMs, readTimeoutMs, cookieSecure, trustProxy = 'none', limits } = options;
  return {
    // `ORIGINS` has the format of `server` lines, except for the scheme of the address.
    NGINX_UPSTREAM_SERVERS: peers.map((line) => `server ${line.replace('http://', '')};`).join(' '),
    NGINX_LISTEN: `127.0.0.1:${port}`,
    NGINX_STATUS_LISTEN: `unix:/run/nginx-status.sock`,
    UPSTREAM_CONNECT_TIMEOUT_MS: `${connectTimeoutMs}`,
    UPSTREAM_READ_TIMEOUT_MS: `${readTimeoutMs}`,
    NGINX_TRUST_PROXY: trustProxy,
    NGINX_COOKIE_SECURE: cookieSecure ? 'on' : 'off',
    ...limits,
  };
}
