import type { Stack as ComposeStack } from '../../testkit/docker/stack.ts';
import { readDelivery } from './log-deliveries.ts';
import type { RunContext } from './stack.ts';

/** Follows the log files of all replicas, those that are gone included. */
export interface ComposeDeliveries {
  /** Reads what was logged so far, and ends. */
  stop(): Promise<void>;
}

/** A replica keeps 50 MB of its log, which is much more than it writes in this time. */
const READ_INTERVAL_MS = 300_000;

/** Notes each POST that a replica of a Compose stack logged, once. */
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
      // A file that is rotated has another name then, and the same lines.
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
