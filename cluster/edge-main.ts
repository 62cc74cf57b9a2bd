import { onStopSignals } from '../origin/node/stop-signals.ts';
import { startEdge } from './edge.ts';
import { readEdgeDatabase } from './edge-database.ts';
import { EdgeStartError } from './edge-start-error.ts';

// The edge as a process of its own: `PORT`, the worker's variables and the replicas' database in the environment, a message
// when it listens.
const { PORT, ORIGINS, CLIENT_IP } = process.env as Record<string, string>;

try {
  const edge = await startEdge({
    port: Number(PORT),
    vars: { ORIGINS: ORIGINS as string, CLIENT_IP: CLIENT_IP as string },
    database: readEdgeDatabase(process.env),
    onLog: (line) => console.log(line),
  });
  onStopSignals({
    async stop() {
      await edge.close();
      process.exit(0);
    },
    force: () => process.exit(1),
  });
  process.send?.('listening');
} catch (error) {
  if (!(error instanceof EdgeStartError)) throw error;
  console.error(`the edge could not start: ${error.message}`);
  process.exit(2);
}
