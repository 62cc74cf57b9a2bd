import { bundleEdge } from './bundle.ts';
import { findWorkerd } from './find-workerd.ts';
import type { EdgeOptions } from './options.ts';
import { type EdgeProcess, runEdge } from './workerd.ts';

/**
 * Starts the worker of `wrangler.toml` in workerd, the runtime that its container uses, too.
 *
 * @throws {EdgeStartError} when the port is taken or the worker rejects its variables
 */
export async function startEdge(options: EdgeOptions): Promise<EdgeProcess> {
  return runEdge({ ...options, workerd: findWorkerd(), bundle: await bundleEdge() });
}
