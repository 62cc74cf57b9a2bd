import { fileURLToPath } from 'node:url';
import type { D1Database } from '@cloudflare/workers-types';
import { createTestHarness, unstable_readConfig as readWranglerConfig, type TestHarnessOptions } from 'wrangler';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** The worker of `wrangler.toml` in workerd, with an empty D1 of its own that is up to date. */
export interface EdgeHarness {
  url: string;
  d1: D1Database;
  /** What the worker wrote to its console. */
  logLines(): string[];
  close(): Promise<void>;
}

/** Starts the worker without peers, so that it runs the handlers itself. */
export async function startEdgeHarness(): Promise<EdgeHarness> {
  // wrangler asks Cloudflare what a request looks like there; tests stay on this machine.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';
  const config = readWranglerConfig({ config: `${PROJECT}wrangler.toml` }, { hideWarnings: true });
  // Not the file itself: its build command is for the developer's own D1.
  const { name, main, compatibility_date, compatibility_flags, d1_databases, rules, vars } = config;
  const worker = { name, main, compatibility_date, compatibility_flags, d1_databases, rules, vars };
  const harness = createTestHarness({ root: PROJECT, workers: [{ config: worker }] } as TestHarnessOptions);
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
