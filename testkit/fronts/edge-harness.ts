import type { D1Database } from '@cloudflare/workers-types';
import { createWranglerWorker } from './wrangler-worker.ts';

/** The worker of `wrangler.toml` in workerd, with an empty, migrated D1 of its own. */
export interface EdgeHarness {
  url: string;
  d1: D1Database;
  /** Returns what the worker has written to its console. */
  logLines(): string[];
  close(): Promise<void>;
}

/** Starts the worker without peers, so that it runs the handlers itself. */
export async function startEdgeHarness(): Promise<EdgeHarness> {
  const harness = createWranglerWorker(undefined, ({ d1_databases }) => ({ d1_databases }));
  const { url } = await harness.listen();
  const handle = harness.getWorker<{ DB: D1Database }>();
  await handle.applyD1Migrations('DB');
  const { DB: d1 } = await handle.getEnv();
  return {
    url: url.origin,
    d1,
    logLines: () => harness.getLogs().map(({ message }) => message),
    close: () => harness.close(),
  };
}
