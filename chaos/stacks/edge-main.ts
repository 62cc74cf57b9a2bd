import { readFile } from 'node:fs/promises';
import { startEdge } from '../../cluster/edge.ts';
import { readEdgeDatabase } from '../../cluster/edge-database.ts';

// The edge worker as a process: it listens on PORT, and finds its peers in the file CHAOS_PEERS_FILE whenever it asks.

await startEdge({
  port: Number(process.env.PORT),
  vars: { CLIENT_IP: '127.0.0.1' },
  database: readEdgeDatabase(process.env),
  peers: () => readFile(process.env.CHAOS_PEERS_FILE as string, 'utf8'),
  onLog: (line) => console.log(line),
});
// Until its end, which comes by a signal.
process.on('disconnect', () => process.exit(0));
process.send?.('listening');
