import { MiniflareCoreError } from 'miniflare';
import { startEdge } from './edge.ts';

// The edge as a process of its own: `PORT` and the worker's variables in the environment, a message when it listens.
const { PORT, ORIGINS, CLIENT_IP } = process.env as Record<string, string>;

try {
  const vars = { ORIGINS: ORIGINS as string, CLIENT_IP: CLIENT_IP as string };
  const edge = await startEdge({ port: Number(PORT), vars, onLog: (line) => console.log(line) });
  const stop = async () => {
    await edge.close();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  // The supervisor died: leave no orphan.
  process.on('disconnect', stop);
  process.send?.('listening');
} catch (error) {
  if (!(error instanceof MiniflareCoreError)) throw error;
  console.error(`the edge could not start: ${error.message}`);
  process.exit(2);
}
