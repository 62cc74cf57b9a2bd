import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { Registry } from 'prom-client';
import { UserError } from '../../app/lib/user-error.ts';
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
  const server = createServer(({ method, url }, response) => {
    if (url !== '/metrics') response.writeHead(404).end('The metrics are at /metrics.\n');
    else if (method !== 'GET') response.writeHead(405, { Allow: 'GET' }).end('Only GET is allowed.\n');
    else void send(response);
  });

  async function send(response: ServerResponse): Promise<void> {
    try {
      const text = await edgeMetrics(await readFigures());
      const headers = { 'Content-Type': Registry.PROMETHEUS_CONTENT_TYPE, 'Cache-Control': 'no-store' };
      response.writeHead(200, headers).end(text);
    } catch (error) {
      response.writeHead(503).end(`The worker does not answer: ${error}\n`);
    }
  }

  // The process ends when its worker does.
  server.listen(port, host).unref();
  await once(server, 'listening').catch((error: Error) => {
    throw new UserError(`METRICS_PORT: ${error.message}`, { cause: error });
  });
}
