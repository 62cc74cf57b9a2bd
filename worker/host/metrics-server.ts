import { once } from 'node:events';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createMetricsApp } from '../../app/http/metrics-app.ts';
import { UserError } from '../../app/lib/user-error.ts';
import { expose } from '../../cli/metrics-exposition.ts';
import { edgeMetrics } from './edge-metrics.ts';
import type { EdgeProcess } from './workerd.ts';

/**
 * Serves an edge's `GET /metrics`, and the same as JSON at `/figures` for the dashboard, on a port that clients cannot reach: 503
 * while the worker does not answer. Closes the edge when the port is taken.
 *
 * @throws {UserError} when the port is taken
 */
export async function serveMetrics(edge: EdgeProcess, port: number, host = '0.0.0.0'): Promise<void> {
  const { readFigures } = edge;
  const app = createMetricsApp({ expose: async (form) => expose(edgeMetrics(await readFigures()), form) });
  app.get('/figures', async (c) => c.json(await readFigures()));
  app.onError((error, c) => c.text(`The worker does not answer: ${error}\n`, 503));
  const server = createServer(getRequestListener(app.fetch));
  // The process ends when its worker does.
  server.listen(port, host).unref();
  await once(server, 'listening').catch(async (error: Error) => {
    await edge.close();
    throw new UserError(`METRICS_PORT: ${error.message}`, { cause: error });
  });
}
