import { delay } from '../../../app/lib/delay.ts';
import type { Stack as ComposeStack, Replica } from '../../../testkit/docker/stack.ts';

/** Waits for containers of a Compose stack. */
export interface ComposeHealth {
  /** Waits until Docker reports all containers as healthy. */
  untilHealthy(containerIds: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Waits until a replica itself reports that it is ready. */
  untilReady(replica: Replica): Promise<void>;
}

const HEALTH_INTERVAL_MS = 200;
export const HEALTH_TIMEOUT_MS = 120_000;
const READY_INTERVAL_MS = 50;
const READY_TIMEOUT_MS = 500;

/** Asks a replica directly if this machine can reach it. */
export function createComposeHealth(stack: Pick<ComposeStack, 'run'>): ComposeHealth {
  async function untilHealthy(containerIds: readonly string[], signal?: AbortSignal): Promise<void> {
    const deadline = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
    while (!signal?.aborted) {
      const { stdout } = await stack.run('docker', 'inspect', '--format', '{{.State.Health.Status}}', ...containerIds);
      const statuses = stdout.trim().split('\n');
      if (statuses.every((status) => status === 'healthy')) return;
      if (deadline.aborted) throw new Error(`${containerIds.join(', ')}: ${stdout}`);
      await delay(HEALTH_INTERVAL_MS, signal);
    }
  }

  return {
    untilHealthy,
    async untilReady({ id, address }) {
      const isOver = new AbortController();
      // Docker checks its health only every few seconds, but where this machine cannot reach containers, only Docker
      // can.
      const waits = [untilReadyAt(address, isOver.signal), untilHealthy([id], isOver.signal)];
      await Promise.race(waits).finally(() => isOver.abort());
    },
  };
}

async function untilReadyAt(address: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !(await isReady(address))) await delay(READY_INTERVAL_MS, signal);
}

function isReady(address: string): Promise<boolean> {
  return fetch(`http://${address}/readyz`, { signal: AbortSignal.timeout(READY_TIMEOUT_MS) }).then(
    async (response) => {
      await response.text();
      return response.ok;
    },
    () => false,
  );
}
