import { UserError } from '../../app/lib/user-error.ts';
import { surviveBrokenPipes } from '../../cli/broken-pipe.ts';
import { guardOrphans } from '../../cli/orphan-guard.ts';
import { parseEdgeConfig } from './config.ts';
import { startEdge } from './edge.ts';
import { endWithEdge } from './lifetime.ts';

// Runs the edge as a process of its own. `PORT`, the worker's variables and the replicas' database come from the
// environment. Sends a message when it listens.

surviveBrokenPipes();
const dismissGuard = guardOrphans();

try {
  const edge = await startEdge({
    ...parseEdgeConfig(process.env),
    appEnv: process.env,
    onLog: (line) => console.log(line),
  });
  endWithEdge(edge, dismissGuard);
  process.send?.('listening');
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`the edge could not start: ${error.message}`);
  process.exit(2);
}
