import type { VisitStore } from '../../app/visits/visit.ts';
import { onStopSignals } from '../../cli/stop-signals.ts';
import { parseConfig } from '../../origin/config.ts';
import { openDatabase } from '../../origin/database/open.ts';
import { loadApp } from '../../origin/load-app.ts';
import { openLog } from '../../origin/log/logger.ts';
import { createReplicaServer } from '../../origin/replica-server.ts';

/** Runs a replica as the origin's own entry file does, but with a changed store. */
export async function runReplica(change: (store: VisitStore) => VisitStore): Promise<void> {
  const config = await parseConfig({ env: process.env });
  const { log } = await openLog({ level: config.logLevel, directory: undefined, address: config.server.address });
  const { routes } = await loadApp(config.appFolder);
  const database = await openDatabase(config.database, log, { migrate: false });
  const server = createReplicaServer({
    config,
    routes,
    appSettings: {},
    store: change(database.store),
    replicas: database.replicas,
    sessionStore: database.openSessionStore(config.sessions.lifetimes),
    appDatabase: database.openAppDatabase(),
    log,
  });
  onStopSignals({ stop: () => void server.drain().then(() => process.exit(0)) });
  await server.listen();
  process.send?.('listening');
}
