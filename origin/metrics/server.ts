import { once } from 'node:events';
import { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { answerOtherMethods } from '../../app/http/method-not-allowed.ts';
import { answerClientErrors } from '../client-errors.ts';
import { createHttpServer } from '../http-server.ts';
import { listen } from '../listen.ts';
import type { Metrics } from './metrics.ts';

/** Serves `GET /metrics`, on a port that clients cannot reach. */
export interface MetricsServer {
  /** @throws {ListenError} when the port is taken or the address is not one of this machine's */
  listen(port: number, host: string): Promise<void>;
  /** Stops without waiting for requests. */
  close(): Promise<void>;
}

const OPEN_METRICS = 'application/openmetrics-text';

export function createMetricsApp({ expose }: Pick<Metrics, 'expose'>): Hono {
  const app = new Hono();
  app.use(answerOtherMethods(app, (c, status, message) => c.text(`${message}\n`, status)));
  app.get('/metrics', async (c) => {
    const form = accepts(c, { header: 'Accept', supports: ['text/plain', OPEN_METRICS], default: 'text/plain' });
    const { contentType, text } = await expose({ openMetrics: form === OPEN_METRICS });
    return c.body(text, 200, { 'Content-Type': contentType, 'Cache-Control': 'no-store', Vary: 'Accept' });
  });
  app.notFound((c) => c.text('The metrics are at /metrics.\n', 404));
  return app;
}

export function createMetricsServer(metrics: Pick<Metrics, 'expose'>): MetricsServer {
  const server = createHttpServer(createMetricsApp(metrics).fetch);
  answerClientErrors(server);
  return {
    listen: (port, host) => listen(server, port, host),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
