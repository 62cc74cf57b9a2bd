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
    vars: {
      ORIGINS: options.peers.join('\n'),
      UPSTREAM_CONNECT_TIMEOUT_MS: `${options.connectTimeoutMs}`,
      UPSTREAM_READ_TIMEOUT_MS: `${options.readTimeoutMs}`,
      TRUST_PROXY: options.trustProxy ?? 'none',
      AFFINITY_COOKIE_SECURE: `${options.cookieSecure}`,
    },
    onLog: (line) => logs.push(line),
  });
  return { ...edge, logs };
}
