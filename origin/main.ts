import { createQuietLog } from '../app/lib/quiet-log.ts';
import { parseSettings } from '../app/lib/settings.ts';
import { describeDatabase } from '../cli/database-config.ts';
import { runMain } from '../cli/run-main.ts';
import { readText, withSettingsFromFiles } from '../cli/settings-from-files.ts';
import { onStopSignals } from '../cli/stop-signals.ts';
import { commandLine } from './command-line.ts';
import { parseConfig } from './config.ts';
import { openDatabase } from './database/open.ts';
import { loadApp } from './load-app.ts';
import { openLog } from './log/logger.ts';
import type { Metrics } from './metrics/metrics.ts';
import { createReplicaServer, type ReplicaServer } from './replica-server.ts';

/** Imported only when needed, because the metrics take a part of a replica's start-up time. */
async function loadMetrics(): Promise<Metrics> {
  const { createMetrics } = await import('./metrics/metrics.ts');
  return createMetrics();
}

async function main(args: string[]): Promise<void> {
  const { flags } = commandLine.parse(args);
  const config = await parseConfig({ env: process.env });
  const { routes, settings, schema } = await loadApp(config.appFolder);
  const appSettings = parseSettings(settings, withSettingsFromFiles(Object.keys(settings), process.env, readText));
  if (flags.check) return;
  const { logLevel: level, logDirectory: directory } = config;
  const { log, close: closeLog } = await openLog({ level, directory, address: config.server.address });
  for (const warning of config.warnings) log.warn(warning);
  if (config.database.kind === 'sqlite' && config.database.isDefault) {
    const hint = 'set DATABASE_URL=mysql://user:password@host:3306/mooring to use MySQL';
    log.info(
      { database: describeDatabase(config.database) },
      `no database configured, using the embedded one; ${hint}`,
    );
  }

  const migrate = flags.migrate || flags['migrate-only'];
  const metrics = config.metricsPort === undefined ? undefined : await loadMetrics();
  const watchConnections = metrics?.watchConnections;
  const database = await openDatabase(config.database, createQuietLog({ log }), {
    migrate,
    app: schema,
    watchConnections,
  });
  const { store, replicas } = metrics ? metrics.watchDatabase(database) : database;
  if (database.servers) metrics?.watchServers(database.servers);
  if (flags['migrate-only']) {
    await store.close();
    log.info('the database is up to date');
    await closeLog();
    return;
  }

  const sessionStore = database.openSessionStore(config.sessions.lifetimes);
  const appDatabase = database.openAppDatabase(config.inDoubtTimeoutMs);
  const server = createReplicaServer({
    ...{ config, routes, appSettings, log, metrics },
    ...{ store, replicas, sessionStore, appDatabase, isDatabaseAway: database.isAway },
  });
  onStopSignals({ stop: (reason) => void drainAndExit(server, reason) });
  await server.listen();
  log.info({ host: config.host, port: config.port, ...config.server }, 'listening');
  // A parent process with an IPC channel waits for this message.
  process.send?.('listening');

  async function drainAndExit({ drain }: ReplicaServer, reason: string): Promise<void> {
    log.info({ reason }, 'draining');
    const unfinished = await drain();
    const isClean = unfinished.requests === 0 && unfinished.commits === 0;
    if (isClean) log.info('drained');
    else log.error({ ...unfinished, drainTimeoutMs: config.drainTimeoutMs }, 'stopped with work unfinished');
    await closeLog();
    process.exit(isClean ? 0 : 1);
  }
}

await runMain({ name: 'mooring origin', usage: commandLine.usage, main });
