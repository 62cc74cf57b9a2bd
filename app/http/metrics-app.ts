import { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { answerUnhandled, type SendError } from './unhandled.ts';

export interface MetricsAppOptions {
  /** Returns the metrics as OpenMetrics or in Prometheus' older text format. */
  expose(form: { openMetrics: boolean }): Promise<{ contentType: string; text: string }>;
}

const OPEN_METRICS = 'application/openmetrics-text';

/** Creates the app of a port that clients cannot reach: `GET /metrics`, in the format that `Accept` prefers. */
export function createMetricsApp({ expose }: MetricsAppOptions): Hono {
  const app = new Hono();
  app.get('/metrics', async (c) => {
    const form = accepts(c, { header: 'Accept', supports: ['text/plain', OPEN_METRICS], default: 'text/plain' });
    const { contentType, text } = await expose({ openMetrics: form === OPEN_METRICS });
    return c.body(text, 200, { 'Content-Type': contentType, 'Cache-Control': 'no-store', Vary: 'Accept' });
  });
  const sendText: SendError = (c, status, message) => c.text(`${message}\n`, status);
  app.notFound(answerUnhandled(app, sendText, 'The metrics are at /metrics.'));
  return app;
}
