import { once } from 'node:events';
import { createMetricsApp } from '../../app/http/metrics-app.ts';
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
