import { UserError } from '../../app/lib/user-error.ts';
import { surviveBrokenPipes } from '../../cli/broken-pipe.ts';
import { guardOrphans } from '../../cli/orphan-guard.ts';
import { parseEdgeConfig } from './config.ts';
import { startEdge } from './edge.ts';
import { endWithEdge } from './lifetime.ts';
import { serveMetrics } from './metrics-server.ts';

// Runs the edge as a process of its own. `PORT`, the worker's variables and the replicas' database come from the
// environment. Sends a message when it listens.

surviveBrokenPipes();
const dismissGuard = guardOrphans();

try {
  const { metricsPort, ...options } = parseEdgeConfig(process.env);
  const edge = await startEdge({
    ...options,
    hasFigures: metricsPort !== undefined,
    appEnv: process.env,
    onLog: (line) => console.log(line),
  });
  if (metricsPort !== undefined) await serveMetrics(edge, metricsPort, '127.0.0.1');
  endWithEdge(edge, dismissGuard);
  process.send?.('listening');
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`the edge could not start: ${error.message}`);
  process.exit(2);
}
