import type { Stack as ComposeStack } from '../../../testkit/docker/stack.ts';
import { readDelivery } from '../log-deliveries.ts';
import type { RunContext } from '../stack.ts';

/** Reads the log files of all replicas, including those that are gone. */
export interface ComposeDeliveries {
  /** Reads what was logged since the last time, and ends. */
  stop(): Promise<void>;
}

/** A replica keeps 50 MB of its log, much more than it writes in this time. */
const READ_INTERVAL_MS = 300_000;

/** Records each POST in the logs of a Compose stack's replicas, once. */
export function followDeliveries(
  stack: Pick<ComposeStack, 'run' | 'name'>,
  { deliveries }: Pick<RunContext, 'deliveries'>,
): ComposeDeliveries {
  const known = new Set<string>();
  const command = `grep -H '"method":"POST"' /logs/*.log`;
  const container = ['run', '--rm', '--network', 'none', '--volume', `${stack.name}_origin-logs:/logs:ro`];
  let reading = Promise.resolve();

  async function read(): Promise<void> {
    const { stdout } = await stack.run(
      'docker',
      ...[...container, '--entrypoint', 'sh', `${stack.name}-origin`, '-c', command],
    );
    for (const line of stdout.split('\n')) {
      // A rotated file has a new name but the same lines.
      const logged = line.slice(line.indexOf('{'));
      const delivery = readDelivery(line, line.slice(0, line.indexOf(':')));
      if (!delivery || known.has(logged)) continue;
      known.add(logged);
      deliveries.push(delivery);
    }
  }

  const timer = setInterval(() => {
    reading = reading.then(read);
  }, READ_INTERVAL_MS);
  return {
    async stop() {
      clearInterval(timer);
      await reading;
      await read();
    },
  };
}
