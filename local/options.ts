import { parsedSettings, settingsObject } from '../app/lib/settings.ts';
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
import { parseFlags, wrongFlag } from '../cli/parse-flags.ts';
import { UsageError } from '../cli/run-main.ts';
import { readText, withSettingsFromFiles } from '../cli/settings-from-files.ts';
import { originSettings } from '../origin/settings.ts';

export interface ClusterOptions {
  replicas: number;
  /** Port of the first replica. The others follow it. */
  replicaPort: number;
  /** Port of the first replica's metrics. The others follow it. Undefined for no metrics. */
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

const DEFAULT_REPLICAS = 3;
const DEFAULT_REPLICA_PORT = 5001;
const DEFAULT_PORT = 8080;
const MAX_REPLICAS = 50;
const MAX_PORT = 65_535;

export const USAGE = `Usage: npm start -- [--replicas N] [--port P] [--replica-port P] [--metrics-port P] [--no-edge]
                    [--database URL]

Runs the whole thing on this machine: origin replicas on 127.0.0.1, and the edge worker before them.

Options:
  --replicas N      how many replicas, 1 to ${MAX_REPLICAS} (default ${DEFAULT_REPLICAS})
  --port P          the edge's port (default ${DEFAULT_PORT})
  --replica-port P  the first replica's port, the others follow it (default ${DEFAULT_REPLICA_PORT})
  --metrics-port P  the first replica's port for GET /metrics, the others follow it (default: no metrics)
  --no-edge         replicas only, for a balancer of your own
  --database URL    file:path, or mysql://user@host:3306/database with
                    ${DATABASE_FLAG_PASSWORD}
                    (default: DATABASE_URL or the DB_… variables, else ${EMBEDDED_DATABASE_URL})
  --help            show this

LOG_LEVEL=info shows every request; the other settings of a replica are taken from the environment, too.
`;

const FLAGS = {
  replicas: { type: 'string' },
  port: { type: 'string' },
  'replica-port': { type: 'string' },
  'metrics-port': { type: 'string' },
  'no-edge': { type: 'boolean' },
  database: { type: 'string' },
} as const;

/**
 * Parses the command line and the database settings.
 *
 * @throws {UsageError} naming the wrong flag
 * @throws {SettingsError} naming the wrong variable
 */
export function parseOptions(args: string[], env: Record<string, string | undefined>): ClusterOptions {
  const { database, ...flags } = parseFlags(args, FLAGS, USAGE);
  const options = {
    ...(database === undefined ? readSettings(env) : readSettingsBeside(database, env)),
    replicas: wholeNumber('--replicas', flags.replicas, DEFAULT_REPLICAS, MAX_REPLICAS),
    port: flags['no-edge'] ? undefined : wholeNumber('--port', flags.port, DEFAULT_PORT, MAX_PORT),
    replicaPort: wholeNumber('--replica-port', flags['replica-port'], DEFAULT_REPLICA_PORT, MAX_PORT - MAX_REPLICAS),
    metricsPort: wholeNumber('--metrics-port', flags['metrics-port'], undefined, MAX_PORT - MAX_REPLICAS),
  };
  assertPortsApart(options);
  return options;
}

type Settings = Pick<ClusterOptions, 'database' | 'stopTimeoutMs' | 'env'>;

function readSettings(env: Record<string, string | undefined>): Settings {
  const given = withSettingsFromFiles(DATABASE_SETTING_NAMES, env, readText);
  const schema = settingsObject({ ...databaseSettings, DRAIN_TIMEOUT_MS }).superRefine(databaseRules(given));
  const values = parsedSettings(schema.safeParse(given));
  return { database: toDatabaseConfig(values), stopTimeoutMs: stopTimeoutMs(values), env };
}

/** Reads the settings when `--database` names the database: `DATABASE_URL` and the `DB_…` settings have no effect then. */
function readSettingsBeside(databaseFlag: string, env: Record<string, string | undefined>): Settings {
  const given = { ...withoutDatabase(env), '--database': completeDatabaseFlag(databaseFlag, env) };
  const schema = settingsObject({ '--database': databaseFlagSetting, DRAIN_TIMEOUT_MS });
  const values = parsedSettings(schema.safeParse(given));
  return {
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
  for (let metrics = metricsPort; metrics < metricsPort + replicas; metrics++) {
    if (isReplicas(metrics)) throw new UsageError(`--metrics-port: ${metrics} is ${theReplicas}`, USAGE);
    if (metrics === port) throw new UsageError(`--metrics-port: ${metrics} is the edge's`, USAGE);
  }
}

function withoutDatabase(env: Record<string, string | undefined>): Record<string, string | undefined> {
  const names = DATABASE_SETTING_NAMES.flatMap((name) => [name, `${name}_FILE`]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

function wholeNumber<D>(flag: string, value: string | undefined, byDefault: D, max: number): number | D {
  if (value === undefined) return byDefault;
  if (/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= max) return Number(value);
  throw wrongFlag(flag, `a whole number from 1 to ${max}`, value, USAGE);
}
