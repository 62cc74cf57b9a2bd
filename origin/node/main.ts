import { parseArgs } from 'node:util';
import { rootCause } from '../root-cause.ts';
import { SettingsError } from '../settings.ts';
import { parseConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { createHost } from './host.ts';
import { createLogger } from './logger.ts';
import { onStopSignals } from './stop-signals.ts';
import { usage } from './usage.ts';

const FLAGS = {
  migrate: { type: 'boolean' },
  'migrate-only': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** Refuses the start: the exit code that says "called wrongly", not "crashed". */
function refuse(reason: string): never {
  process.stderr.write(`mooring origin: ${reason}\n`);
  process.exit(2);
}

function parseFlags() {
  try {
    return parseArgs({ options: FLAGS }).values;
  } catch (error) {
    return refuse(`${(error as Error).message}\n\n${usage()}`);
  }
}

async function readConfig() {
  try {
    return await parseConfig({ env: process.env });
  } catch (error) {
    if (error instanceof SettingsError) return refuse(error.message);
    throw error;
  }
}

const flags = parseFlags();
if (flags.help) {
  process.stdout.write(usage());
  process.exit(0);
}

const config = await readConfig();
const log = createLogger(config.logLevel);
if (config.database.kind === 'sqlite' && config.database.isDefault) {
  const hint = 'set DATABASE_URL=mysql://user:password@host:3306/mooring to use MySQL';
  log.info({ database: config.database.url }, `no database configured, using the embedded one; ${hint}`);
}

try {
  const database = await openDatabase(config.database, log);
  if (flags.migrate || flags['migrate-only']) await database.migrate();
  if (flags['migrate-only']) {
    log.info('the database is up to date');
    process.exit(0);
  }
  const host = createHost({ config, store: database.store, log });
  const stop = async (reason: string) => {
    log.info({ reason }, 'draining');
    const unfinished = await host.drain();
    const isClean = unfinished.requests === 0 && unfinished.visits === 0;
    if (isClean) log.info('drained');
    else log.error({ ...unfinished, drainTimeoutMs: config.drainTimeoutMs }, 'stopped with work unfinished');
    process.exit(isClean ? 0 : 1);
  };
  onStopSignals({ stop, force: () => process.exit(1) });

  await host.listen();
  log.info({ host: config.host, port: config.port, ...config.server }, 'listening');
  // Whoever spawned this replica with a channel waits for this.
  process.send?.('listening');
} catch (error) {
  const cause = rootCause(error);
  refuse(`could not start: ${cause instanceof Error ? cause.message : cause}`);
}
