import { fileURLToPath } from 'node:url';
import { createTestHarness, unstable_readConfig as readWranglerConfig, type TestHarnessOptions } from 'wrangler';
import { TEST_APP_FOLDER } from '../app/folder.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

type WranglerConfig = ReturnType<typeof readWranglerConfig>;

/**
 * Prepares the worker that `wrangler dev` runs, in workerd.
 *
 * @param env the environment of `wrangler.toml`
 * @param bindings returns the test's bindings, given the file's configuration
 */
export function createWranglerWorker(
  env: string | undefined,
  bindings: (config: WranglerConfig) => object,
): ReturnType<typeof createTestHarness> {
  // wrangler asks Cloudflare for a sample of `request.cf`. Tests must not leave this machine.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';
  const config = readWranglerConfig({ config: `${PROJECT}wrangler.toml`, ...(env && { env }) }, { hideWarnings: true });
  // Do not pass the file itself: its build command migrates the developer's own D1.
  const { name, main, compatibility_date, compatibility_flags, rules, vars } = config;
  const alias = { '#app/routes': `${PROJECT}${TEST_APP_FOLDER}/routes.ts` };
  const worker = { name, main, compatibility_date, compatibility_flags, rules, vars, alias, ...bindings(config) };
  return createTestHarness({ root: PROJECT, workers: [{ config: worker }] } as TestHarnessOptions);
}
