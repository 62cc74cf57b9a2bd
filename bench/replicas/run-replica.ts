import { parseConfig } from '../../origin/node/config.ts';
import { openDatabase } from '../../origin/node/database.ts';
import { createHost } from '../../origin/node/host.ts';
import { openLog } from '../../origin/node/logger.ts';
import { onStopSignals } from '../../origin/node/stop-signals.ts';
import type { VisitStore } from '../../origin/visit.ts';

/** Runs a replica as the origin's own entry does, but with its visits kept otherwise. */
export async function runReplica(change: (store: VisitStore) => VisitStore): Promise<void> {
  const config = await parseConfig({ env: process.env });
  const { log } = await openLog({ level: config.logLevel, directory: undefined, address: config.server.address });
  const { store, replicas } = await openDatabase(config.database, log, { migrate: false });
  const host = createHost({ config, store: change(store), replicas, log });
  onStopSignals({
    stop: () => void host.drain().then(() => process.exit(0)),
    force: () => process.exit(1),
  });
  await host.listen();
  process.send?.('listening');
}
