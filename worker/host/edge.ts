import { bundleEdge } from './bundle.ts';
import { readAppVars } from './config.ts';
import { findWorkerd } from './find-workerd.ts';
import type { EdgeOptions } from './options.ts';
import { type EdgeProcess, runEdge } from './workerd.ts';

export interface StartEdgeOptions extends EdgeOptions {
  /** The folder whose `routes.ts` lists the routes. */
  appFolder: string;
  /** Where the routes' own settings are. */
  appEnv?: Record<string, string | undefined>;
  /** Whether `readFigures` is needed. */
  hasFigures?: boolean;
}

/**
 * Starts the worker of `wrangler.toml` in workerd, the runtime that its container uses, too.
 *
 * @throws {SettingsError} when the folder has no list of routes
 * @throws {EdgeStartError} when the port is taken or the worker rejects its variables or routes
 */
export async function startEdge({ appFolder, appEnv = {}, ...options }: StartEdgeOptions): Promise<EdgeProcess> {
  const bundle = await bundleEdge(appFolder);
  const vars = { ...options.vars, ...readAppVars(bundle.appSettingNames, appEnv) };
  return runEdge({ ...options, vars, workerd: findWorkerd(), bundle });
}
