import { bundleEdge } from './edge-bundle.ts';
import type { EdgeOptions } from './edge-options.ts';
import { type EdgeProcess, runEdge } from './edge-process.ts';
import { findWorkerd } from './find-workerd.ts';

/**
 * Starts the worker of `wrangler.toml` in the runtime that its container runs, too.
 *
 * @throws {EdgeStartError} when the port is taken or the worker refuses its variables
 */
export async function startEdge(options: EdgeOptions): Promise<EdgeProcess> {
  return runEdge({ ...options, workerd: findWorkerd(), bundle: await bundleEdge() });
}
