import { openDatabase } from '../origin/node/database.ts';
import { describeDatabase } from '../origin/node/database-config.ts';
import { createLogger } from '../origin/node/logger.ts';
import { onStopSignals } from '../origin/node/stop-signals.ts';
import { rootCause } from '../origin/root-cause.ts';
import { SettingsError } from '../origin/settings.ts';
import { ChildFailedError } from './child.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { PortInUseError } from './free-port.ts';
import { type ClusterOptions, parseOptions, USAGE, UsageError } from './options.ts';
import { welcome } from './welcome.ts';

/** The database answers nothing, or not with what we need. */
class DatabaseUnusableError extends Error {
  override name = 'DatabaseUnusableError';
}

const say = (text: string) => process.stdout.write(`${text}\n`);

async function migrate({ database: config }: ClusterOptions): Promise<void> {
  try {
    const database = await openDatabase(config, createLogger('silent'));
    await database.migrate();
    await database.store.close();
  } catch (error) {
    const cause = rootCause(error);
    const reason = cause instanceof Error ? cause.message : `${cause}`;
    throw new DatabaseUnusableError(`the database ${describeDatabase(config)} cannot be used: ${reason}`, {
      cause: error,
    });
  }
}

function stopOnSignal(cluster: Cluster): { isStopping: boolean } {
  const state = { isStopping: false };
  onStopSignals({
    async stop() {
      state.isStopping = true;
      say('Stopping: the replicas finish what they have begun …');
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

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (!options) {
    say(USAGE);
    return;
  }
  await migrate(options);
  const cluster = createCluster({ options, say });
  const signals = stopOnSignal(cluster);
  try {
    await cluster.start();
  } catch (error) {
    // Whoever stops us while we start sees a stop, not a failed start.
    if (signals.isStopping) return;
    cluster.kill();
    throw error;
  }
  say(welcome(cluster, options.database));
}

/** What is the caller's to mend is told in a line; anything else is a bug and shows itself. */
const REFUSALS = [UsageError, SettingsError, PortInUseError, DatabaseUnusableError, ChildFailedError];

try {
  await main();
} catch (error) {
  if (!REFUSALS.some((kind) => error instanceof kind)) throw error;
  const usage = error instanceof UsageError ? `\n${USAGE}` : '';
  process.stderr.write(`mooring: ${(error as Error).message}\n${usage}`);
  process.exit(2);
}
