import { startEdge } from '../../worker/host/edge.ts';
import { TEST_APP_FOLDER } from '../app/folder.ts';
import { freePortRange } from '../network/free-ports.ts';
import type { FrontSettings, LoggedFront } from './front.ts';

/** Starts the edge worker in workerd. */
export async function startWorkerFront(options: FrontSettings): Promise<LoggedFront> {
  const logs: string[] = [];
  const edge = await startEdge({
    appFolder: TEST_APP_FOLDER,
    port: await freePortRange(1),
    vars: frontVars(options),
    onLog: (line) => logs.push(line),
  });
  return { ...edge, logs };
}

/** Returns the worker's variables for a front. */
export function frontVars({
  peers,
  connectTimeoutMs,
  readTimeoutMs,
  trustProxy = 'none',
  cookieSecure,
  limits,
}: FrontSettings) {
  return {
    ORIGINS: peers.join('\n'),
    UPSTREAM_CONNECT_TIMEOUT_MS: `${connectTimeoutMs}`,
    UPSTREAM_READ_TIMEOUT_MS: `${readTimeoutMs}`,
    TRUST_PROXY: trustProxy,
    AFFINITY_COOKIE_SECURE: `${cookieSecure}`,
    ...limits,
  };
}
