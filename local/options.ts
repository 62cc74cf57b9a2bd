import { parsedSettings, settingsObject } from '../app/lib/settings.ts';
import { anyText, integer } from '../app/lib/text-format.ts';
import { APP_FOLDER } from '../cli/app-folder.ts';
import { createCommandLine } from '../cli/command-line.ts';
import {
  DATABASE_SETTING_NAMES,
  type DatabaseConfig,
  databaseOfUrl,
  databaseRules,
  databaseSettings,
  EMBEDDED_DATABASE_URL,
  toDatabaseConfig,
} from '../cli/database-config.ts';
import { completeDatabaseFlag, DATABASE_FLAG_PASSWORD, databaseFlagSetting } from '../cli/database-flag.ts';
import { flag, toggle } from '../cli/flags.ts';
import { UsageError } from '../cli/run-main.ts';
import { readText, withSettingsFromFiles } from '../cli/settings-from-files.ts';
import { originSettings } from '../origin/settings.ts';

export interface ClusterOptions {
  /** The app's folder as an absolute path, and the flag or variable that named it. */
  app: { folder: string; givenBy: string };
  replicas: number;
  /** Port of the first replica. The others follow it. */
  replicaPort: number;
  /** Port of the first replica's metrics. The others follow it, then the edge. Undefined for no metrics. */
  metricsPort: number | undefined;
  /** The edge's port; undefined to run replicas only, behind another balancer. */
  port: number | undefined;
  database: DatabaseConfig;
  /** How long a process may take to stop before it is killed. Longer than a replica's own `DRAIN_TIMEOUT_MS`. */
  stopTimeoutMs: number;
  /** The replicas' environment, with the database of the command line. */
  env: Record<string, string | undefined>;
}

const { DRAIN_TIMEOUT_MS } = originSettings;

const MAX_REPLICAS = 50;
const MAX_PORT = 65_535;
const REPLICAS = integer({ min: 1, max: MAX_REPLICAS });
const PORT = integer({ min: 1, max: MAX_PORT });
/** The ports of the other replicas follow the first one's. */
const FIRST_PORT = integer({ min: 1, max: MAX_PORT - MAX_REPLICAS });

const commandLine = createCommandLine({
  command: 'npm start --',
  about: 'Runs Mooring on this machine: replicas on 127.0.0.1 behind the edge worker.',
  flags: {
    app: flag(APP_FOLDER, {
      placeholder: 'FOLDER',
      about: "the app's folder, whose routes.ts lists the routes",
      defaultText: 'APP_FOLDER, else app',
    }),
    replicas: flag(REPLICAS, { placeholder: 'N', about: `how many replicas, ${REPLICAS.range}`, default: 3 }),
    port: flag(PORT, { placeholder: 'P', about: "the edge's port", default: 8080 }),
    'replica-port': flag(FIRST_PORT, {
      placeholder: 'P',
      about: "the first replica's port, the others follow it",
      default: 5001,
    }),
    'metrics-port': flag(FIRST_PORT, {
      placeholder: 'P',
      about: "the first replica's port for GET /metrics, the others and the edge follow it",
      defaultText: 'no metrics',
    }),
    'no-edge': toggle('replicas only, for a balancer of your own'),
    database: flag(anyText('a URL'), {
      placeholder: 'URL',
      about: `file:path, or mysql://user@host:3306/database with\n${DATABASE_FLAG_PASSWORD}\n`,
      defaultText: `DATABASE_URL or the DB_… variables, else ${EMBEDDED_DATABASE_URL}`,
    }),
  },
  more: 'LOG_LEVEL=info shows every request. The other settings of a replica are read from the environment, too.',
});

export const USAGE = commandLine.usage;

/**
 * Parses the command line and the database settings.
 *
 * @throws {UsageError} naming the wrong flag
 * @throws {SettingsError} naming the wrong variable
 */
export function parseOptions(args: string[], env: Record<string, string | undefined>): ClusterOptions {
  const { app, database, ...flags } = commandLine.parse(args).flags;
  const { appFolder, ...settings } = database === undefined ? readSettings(env) : readSettingsBeside(database, env);
  const options = {
    app: app === undefined ? { folder: appFolder, givenBy: 'APP_FOLDER' } : { folder: app, givenBy: '--app' },
    replicas: flags.replicas,
    port: flags['no-edge'] ? undefined : flags.port,
    replicaPort: flags['replica-port'],
    metricsPort: flags['metrics-port'],
    ...settings,
  };
  assertPortsApart(options);
  return options;
}

type Settings = Pick<ClusterOptions, 'database' | 'stopTimeoutMs' | 'env'> & { appFolder: string };

function readSettings(env: Record<string, string | undefined>): Settings {
  const given = withSettingsFromFiles(DATABASE_SETTING_NAMES, env, readText);
  const schema = settingsObject({ ...databaseSettings, APP_FOLDER, DRAIN_TIMEOUT_MS }).superRefine(
    databaseRules(given),
  );
  const values = parsedSettings(schema.safeParse(given));
  return {
    appFolder: values.APP_FOLDER,
    database: toDatabaseConfig(values),
    stopTimeoutMs: stopTimeoutMs(values),
    env,
  };
}

/** Reads the settings when `--database` names the database: `DATABASE_URL` and the `DB_…` settings have no effect then. */
function readSettingsBeside(databaseFlag: string, env: Record<string, string | undefined>): Settings {
  const given = { ...withoutDatabase(env), '--database': completeDatabaseFlag(databaseFlag, env) };
  const schema = settingsObject({ '--database': databaseFlagSetting, APP_FOLDER, DRAIN_TIMEOUT_MS });
  const values = parsedSettings(schema.safeParse(given));
  return {
    appFolder: values.APP_FOLDER,
    database: databaseOfUrl(values['--database']),
    stopTimeoutMs: stopTimeoutMs(values),
    env: { ...withoutDatabase(env), DATABASE_URL: given['--database'] as string },
  };
}

/** Longer than a replica's drain, so that a replica ends by itself. */
function stopTimeoutMs(values: { DRAIN_TIMEOUT_MS: number }): number {
  return values.DRAIN_TIMEOUT_MS + 5000;
}

/** @throws {UsageError} when two programs would listen on the same port */
function assertPortsApart({ port, replicaPort, metricsPort, replicas }: ClusterOptions): void {
  const lastReplicaPort = replicaPort + replicas - 1;
  const isReplicas = (other: number) => other >= replicaPort && other <= lastReplicaPort;
  const theReplicas = `a replica's (${replicaPort} to ${lastReplicaPort})`;
  if (port !== undefined && isReplicas(port)) throw new UsageError(`--port: ${port} is ${theReplicas}`, USAGE);
  if (metricsPort === undefined) return;
  const last = metricsPort + replicas - (port === undefined ? 1 : 0);
  for (let metrics = metricsPort; metrics <= last; metrics++) {
    if (isReplicas(metrics)) throw new UsageError(`--metrics-port: ${metrics} is ${theReplicas}`, USAGE);
    if (metrics === port) throw new UsageError(`--metrics-port: ${metrics} is the edge's`, USAGE);
  }
}

function withoutDatabase(env: Record<string, string | undefined>): Record<string, string | undefined> {
  const names = DATABASE_SETTING_NAMES.flatMap((name) => [name, `${name}_FILE`]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}
