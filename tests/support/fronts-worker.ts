import { startEdge } from '../../cluster/edge.ts';
import { freePortRange } from './free-ports.ts';
import type { Front, FrontOptions } from './fronts.ts';

/** Starts the edge worker in its real runtime. */
export async function startWorkerFront(options: Required<FrontOptions>): Promise<Front> {
  const logs: string[] = [];
  const edge = await startEdge({
    port: await freePortRange(1),
    vars: {
      ORIGINS: options.peers.join('\n'),
      CLIENT_IP: '127.0.0.1',
      UPSTREAM_CONNECT_TIMEOUT_MS: `${options.connectTimeoutMs}`,
      UPSTREAM_READ_TIMEOUT_MS: `${options.readTimeoutMs}`,
      AFFINITY_COOKIE_SECURE: `${options.cookieSecure}`,
    },
    onLog: (line) => logs.push(line),
  });
  return { ...edge, logs };
}
