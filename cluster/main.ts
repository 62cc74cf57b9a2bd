import { openDatabase } from '../origin/node/database.ts';
import { describeDatabase } from '../origin/node/database-config.ts';
import { createLogger } from '../origin/node/logger.ts';
import { rootCause } from '../origin/root-cause.ts';
import { SettingsError } from '../origin/settings.ts';
import { ChildFailedError } from './child.ts';
import { createCluster } from './cluster.ts';
import { PortInUseError } from './free-port.ts';
import { type ClusterOptions, parseOptions, USAGE, UsageError } from './options.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

/** The database is not there: it answers nothing, or not with what we need. */
class DatabaseUnreachableError extends Error {
  override name = 'DatabaseUnreachableError';
}

/** What is the caller's to mend is told in a line; anything else is a bug and shows itself. */
function refuse(error: unknown): never {
  const kinds = [UsageError, SettingsError, PortInUseError, DatabaseUnreachableError, ChildFailedError];
  if (!kinds.some((kind) => error instanceof kind)) throw error;
  const usage = error instanceof UsageError ? `\n\n${USAGE}` : '\n';
  process.stderr.write(`mooring: ${(error as Error).message}${usage}`);
  process.exit(2);
}

async function migrate({ database: config }: ClusterOptions): Promise<void> {
  try {
    const database = openDatabase(config, createLogger('silent'));
    await database.migrate();
    await database.store.close();
  } catch (error) {
    const cause = rootCause(error);
    const reason = cause instanceof Error ? cause.message : `${cause}`;
    throw new DatabaseUnreachableError(`the database ${describeDatabase(config)} does not do: ${reason}`, {
      cause: error,
    });
  }
}

function readOptions(): ClusterOptions | undefined {
  try {
    return parseOptions(process.argv.slice(2), process.env);
  } catch (error) {
    return refuse(error);
  }
}

const options = readOptions();
if (!options) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const cluster = createCluster({ options, say });
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    if (stopping) {
      cluster.kill();
      process.exit(1);
    }
    stopping = true;
    say('Stopping: the replicas finish what they have begun …');
    await cluster.stop();
    say('Stopped.');
    process.exit(0);
  });
}

try {
  await migrate(options);
  await cluster.start();
} catch (error) {
  cluster.kill();
  refuse(error);
}

const isEmbedded = options.database.kind === 'sqlite';
say(`
Mooring is up: ${options.replicas} replicas behind one address.

  edge      ${cluster.edgeUrl}
${cluster.replicas.map(({ address, sid }) => `  replica   http://${address}    srv_id=${sid}`).join('\n')}
  database  ${describeDatabase(options.database)}${isEmbedded ? '    (embedded; --database mysql://user:password@host:3306/name uses MySQL)' : ''}

Try:
  curl -i ${cluster.edgeUrl}/                    a visit: X-Served-By is the replica, srv_id moors you to it
  curl -i -c jar -b jar ${cluster.edgeUrl}/      again and again: with the cookie, always the same replica
  curl ${cluster.edgeUrl}/showcount              how many visits all replicas counted

Ctrl-C stops it.
`);
