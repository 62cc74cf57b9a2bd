import { Hono } from 'hono';
import type { AppEnv } from '../env.ts';
import { respond } from '../http/respond.ts';

export interface HealthOptions {
  isDraining: () => boolean;
  /** @throws the error that a write to the database would fail with now */
  checkWritable: () => Promise<void>;
}

/** Creates the health checks: `/healthz` for the process, `/readyz` for whether balancers should send requests. */
export function createHealth({ isDraining, checkWritable }: HealthOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get('/healthz', (c) => respond(c, { text: 'ok', json: { status: 'ok' } }));

  app.get('/readyz', async (c) => {
    if (isDraining()) {
      c.header('Connection', 'close');
      return respond(c, { text: 'draining', json: { status: 'draining' } }, 503);
    }
    await checkWritable();
    return respond(c, { text: 'ready', json: { status: 'ready' } });
  });

  return app;
}
