import { TEST_APP_FOLDER } from '../../testkit/app/folder.ts';
import type { Front } from '../../testkit/fronts/front.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { bundleEdge, type EdgeBundle } from '../../worker/host/bundle.ts';
import { findWorkerd } from '../../worker/host/find-workerd.ts';
import { NO_CLIENT_LIMITS } from '../../worker/host/no-client-limits.ts';
import { runEdge } from '../../worker/host/workerd.ts';

/** A worker that only forwards requests to each replica in turn: the minimum that a worker can do. */
const FORWARDER = `
let turn = 0;
export default {
  fetch(request, { ORIGINS }) {
    const origins = ORIGINS.split('\\n');
    const { pathname, search } = new URL(request.url);
    return fetch(new Request(origins[turn++ % origins.length] + pathname + search, request));
  },
};
`;

/** Starts the edge worker in workerd, as the stack's container does. */
export async function startWorker(addresses: readonly string[]): Promise<Front> {
  return run(
    await bundleEdge(TEST_APP_FOLDER),
    addresses.map((address) => `http://${address} max_fails=0`),
  );
}

/** Starts a worker that only forwards, in the same runtime with the same settings. */
export async function startForwarder(addresses: readonly string[]): Promise<Front> {
  return run(
    { ...(await bundleEdge(TEST_APP_FOLDER)), script: FORWARDER },
    addresses.map((address) => `http://${address}`),
  );
}

async function run(bundle: EdgeBundle, origins: string[]): Promise<Front> {
  const port = await freePortRange(1);
  const vars = {
    ORIGINS: origins.join('\n'),
    // All clients have the same address.
    ...NO_CLIENT_LIMITS,
  };
  return runEdge({ workerd: findWorkerd(), bundle, port, vars });
}
