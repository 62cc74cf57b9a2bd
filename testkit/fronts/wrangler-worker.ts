import { fileURLToPath } from 'node:url';
import { createTestHarness, unstable_readConfig as readWranglerConfig, type TestHarnessOptions } from 'wrangler';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

type WranglerConfig = ReturnType<typeof readWranglerConfig>;

/**
 * Sets up what `wrangler dev` runs, in workerd.
 *
 * @param env the environment of `wrangler.toml`
 * @param bindings makes of the file's bindings those of the test
 */
export function createWranglerWorker(
  env: string | undefined,
  bindings: (config: WranglerConfig) => object,
): ReturnType<typeof createTestHarness> {
  // wrangler asks Cloudflare what a request looks like there; tests stay on this machine.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';
  const config = readWranglerConfig({ config: `${PROJECT}wrangler.toml`, ...(env && { env }) }, { hideWarnings: true });
  // Not the file itself: its build command is for the developer's own D1.
  const { name, main, compatibility_date, compatibility_flags, rules, vars } = config;
  const worker = { name, main, compatibility_date, compatibility_flags, rules, vars, ...bindings(config) };
  return createTestHarness({ root: PROJECT, workers: [{ config: worker }] } as TestHarnessOptions);
}
