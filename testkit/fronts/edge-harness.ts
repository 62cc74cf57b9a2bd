import type { D1Database } from '@cloudflare/workers-types';
import { createWranglerWorker } from './wrangler-worker.ts';

/** The worker of `wrangler.toml` in workerd, with an empty, migrated D1 of its own. */
export interface EdgeHarness {
  url: string;
  d1: D1Database;
  /** Empties the D1 and migrates it again. */
  resetD1(): Promise<void>;
  /** Returns what the worker has written to its console. */
  logLines(): string[];
  close(): Promise<void>;
}

const OWN_TABLES =
  "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '_cf_%'";

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
    async resetD1() {
      const { results } = await d1.prepare(OWN_TABLES).all<{ name: string }>();
      if (results.length > 0) await d1.batch(results.map(({ name }) => d1.prepare(`drop table "${name}"`)));
      await handle.applyD1Migrations('DB');
    },
    logLines: () => harness.getLogs().map(({ message }) => message),
    close: () => harness.close(),
  };
}
