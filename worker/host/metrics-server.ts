import { once } from 'node:events';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createMetricsApp } from '../../app/http/metrics-app.ts';
import { UserError } from '../../app/lib/user-error.ts';
import { expose } from '../../cli/metrics-exposition.ts';
import type { EdgeReport } from '../balancer/edge-figures.ts';
import { edgeMetrics } from './edge-metrics.ts';

export interface MetricsServerOptions {
  readFigures: () => Promise<EdgeReport>;
  port: number;
  host?: string;
}

/**
 * Serves `GET /metrics`, on a port that clients cannot reach: 503 while the worker does not answer.
 *
 * @throws {UserError} when the port is taken
 */
export async function serveMetrics({ readFigures, port, host = '0.0.0.0' }: MetricsServerOptions): Promise<void> {
  const app = createMetricsApp({ expose: async (form) => expose(edgeMetrics(await readFigures()), form) });
  app.onError((error, c) => c.text(`The worker does not answer: ${error}\n`, 503));
  const server = createServer(getRequestListener(app.fetch));
  // The process ends when its worker does.
  server.listen(port, host).unref();
  await once(server, 'listening').catch((error: Error) => {
    throw new UserError(`METRICS_PORT: ${error.message}`, { cause: error });
  });
}
