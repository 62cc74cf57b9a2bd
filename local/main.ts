import { runMain } from '../cli/run-main.ts';
import { onStopSignals } from '../cli/stop-signals.ts';
import { openDatabase } from '../origin/database/open.ts';
import { loadApp } from '../origin/load-app.ts';
import { createLogger } from '../origin/log/logger.ts';
import { banner } from './banner.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { findFreePort } from './free-port.ts';
import { parseOptions, USAGE } from './options.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);

function stopOnSignal(cluster: Cluster): { isStopping: boolean } {
  const state = { isStopping: false };
  onStopSignals({
    async stop() {
      state.isStopping = true;
      say('Stopping: requests in flight finish, visits and session changes are committed …');
      await cluster.stop();
      say('Stopped.');
      process.exit(0);
    },
    force() {
      cluster.kill();
      process.exit(1);
    },
  });
  return state;
}

async function main(args: string[]): Promise<void> {
  const options = parseOptions(args, process.env);
  const { routes, schema: app } = await loadApp(options.app.folder, options.app.givenBy);
  const database = await openDatabase(options.database, createLogger('silent'), { migrate: true, app });
  await database.store.close();
  // The replicas' dashboards read the edge's metrics there: on the port after the last replica's metrics, if replicas have some.
  const edgeMetricsPort =
    options.metricsPort === undefined ? await findFreePort() : options.metricsPort + options.replicas;
  const cluster = createCluster({ options: { ...options, edgeMetricsPort }, say });
  const signals = stopOnSignal(cluster);
  say(`Starting ${options.replicas} replicas${options.port === undefined ? '' : ' and the edge'} …`);
  try {
    await cluster.start();
  } catch (error) {
    // A stop signal during the start makes the start fail. That is a stop and no error.
    if (signals.isStopping) return;
    cluster.kill();
    throw error;
  }
  say(banner(cluster, options.database, routes));
}

await runMain({ name: 'mooring', usage: USAGE, main });
