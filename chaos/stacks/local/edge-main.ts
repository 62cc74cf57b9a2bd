import { readFile } from 'node:fs/promises';
import { readDatabaseConfig } from '../../../cli/database-config.ts';
import { TEST_APP_FOLDER } from '../../../testkit/app/folder.ts';
import { bundleEdge } from '../../../worker/host/bundle.ts';
import { toEdgeDatabase } from '../../../worker/host/database.ts';
import { findWorkerd } from '../../../worker/host/find-workerd.ts';
import { NO_CLIENT_LIMITS } from '../../../worker/host/no-client-limits.ts';
import { runEdge } from '../../../worker/host/workerd.ts';
import { withSteppedClock } from './step-clocks.ts';

// Runs the edge worker as a process. It listens on PORT, reads its peers from the file CHAOS_PEERS_FILE, and has a
// clock that a request can step.

const bundle = await bundleEdge(TEST_APP_FOLDER);
const edge = await runEdge({
  workerd: findWorkerd(),
  bundle: { ...bundle, script: withSteppedClock(bundle.script) },
  port: Number(process.env.PORT),
  vars: NO_CLIENT_LIMITS,
  database: toEdgeDatabase(readDatabaseConfig(process.env)),
  peers: () => readFile(process.env.CHAOS_PEERS_FILE as string, 'utf8'),
  onLog: (line) => console.log(line),
});
// End with the runtime. This process is ended by a signal.
void edge.exited.then((code) => process.exit(code ?? 1));
process.on('disconnect', () => process.exit(0));
process.send?.('listening');
