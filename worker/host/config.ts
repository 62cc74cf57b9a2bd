import type { z } from 'zod';
import { dashboardSettings } from '../../app/dashboard/access.ts';
import { inDoubtSettings } from '../../app/lib/in-doubt.ts';
import {
  type GivenSettings,
  parsedSettings,
  SettingsError,
  type SettingsValues,
  setting,
  settingsObject,
  UnreadSetting,
} from '../../app/lib/settings.ts';
import { port, textWhere } from '../../app/lib/text-format.ts';
import { sessionSettings } from '../../app/sessions/settings.ts';
import { APP_FOLDER, appFolderRule, IMAGE_APP_FOLDER } from '../../cli/app-folder.ts';
import {
  DATABASE_SETTING_NAMES,
  databaseRules,
  databaseSettings,
  toDatabaseConfig,
} from '../../cli/database-config.ts';
import { ORIGIN_HOST, ORIGIN_PORT } from '../../cli/replica-name.ts';
import { type ServiceAddress, serviceAddress } from '../../cli/service-address.ts';
import { readText, withSettingsFromFiles } from '../../cli/settings-from-files.ts';
import { workerRules, workerSettings } from '../config.ts';
import { limitSettings } from '../limit-settings.ts';
import { InvalidPeerError, parsePeers } from '../upstream/parse-peers.ts';
import { type EdgeDatabase, toEdgeDatabase } from './database.ts';

export interface EdgeConfig {
  /** Absolute path of the folder whose `routes.ts` lists the routes. */
  appFolder: string;
  port: number;
  database: EdgeDatabase | undefined;
  /** The worker's variables. */
  vars: Record<string, string>;
  /** Port of the metrics; undefined for none. */
  metricsPort: number | undefined;
}

export interface EdgeContainerConfig extends EdgeConfig {
  replicas: { host: string; port: number; parameters: string };
  /** Where the dashboard's own service receives log lines; undefined for nowhere. */
  dashboardService: ServiceAddress | undefined;
}

const edgeSettings = {
  APP_FOLDER,
  PORT: setting(port(), {
    about: 'Port the edge listens on.',
    example: '8787',
    default: 8787,
  }),
  METRICS_PORT: setting(port(), {
    about: 'Port of the metrics for Prometheus, at `/metrics`; without it there are none.',
    example: '9464',
  }),
  ...databaseSettings,
  ...workerSettings,
};

const containerSettings = {
  ...edgeSettings,
  IMAGE_APP_FOLDER,
  ORIGIN_HOST,
  ORIGIN_PORT,
  ORIGIN_PARAMETERS: setting(textWhere('the parameters of a peer in one line', arePeerParameters), {
    about: 'Parameters of each replica, in the format of `ORIGINS`.',
    example: 'max_fails=2 fail_timeout=5s',
    // With `max_fails` above 0, an outage of the database, which all replicas answer with 503, would leave the edge
    // without a peer when the database is back.
    default: 'max_fails=0',
  }),
  DASHBOARD_SERVICE: setting(serviceAddress(), {
    about: "The dashboard's own service, which receives the access log by UDP.",
    example: 'mooring-dashboard:8081',
  }),
};

function arePeerParameters(text: string): boolean {
  if (!/^[\w.= -]+$/.test(text)) return false;
  try {
    return parsePeers(`http://replica ${text}`).length === 1;
  } catch (error) {
    if (error instanceof InvalidPeerError) return false;
    throw error;
  }
}

/**
 * Parses the environment of the edge that `npm start` runs.
 *
 * @throws {SettingsError} describing every invalid setting, the worker's variables included
 */
export function parseEdgeConfig(env: Record<string, string | undefined>): EdgeConfig {
  const given = readGiven(env);
  const schema = settingsObject(edgeSettings).superRefine(edgeRules(given));
  return toEdgeConfig(parsedSettings(schema.safeParse(given)), given);
}

/**
 * Parses the environment of the edge's container. `SETTINGS_PREFIX` is what the names of its own settings begin with where
 * people write them: the `.env` of the stack holds the settings of all its programs. Settings that the edge shares with Nginx
 * or the replicas have no prefix there.
 *
 * @param appSettingNames the routes' own settings, which become variables of the worker
 * @throws {SettingsError} describing every invalid setting, the worker's variables included
 */
export function parseEdgeContainerConfig(
  env: Record<string, string | undefined>,
  appSettingNames: readonly string[] = [],
): EdgeContainerConfig {
  const given = readGiven(env);
  const schema = settingsObject(containerSettings).superRefine(appFolderRule).superRefine(edgeRules(given));
  const values = parseWithPrefix(env.SETTINGS_PREFIX ?? '', () => parsedSettings(schema.safeParse(given)));
  const config = toEdgeConfig(values, given);
  return {
    ...config,
    vars: { ...config.vars, ...readAppVars(appSettingNames, env) },
    replicas: { host: values.ORIGIN_HOST, port: values.ORIGIN_PORT, parameters: values.ORIGIN_PARAMETERS },
    dashboardService: values.DASHBOARD_SERVICE,
  };
}

/** Other programs of the stack have these settings, too. */
const SHARED = Object.keys({
  APP_FOLDER,
  ...dashboardSettings,
  ...sessionSettings,
  ...limitSettings,
  ...inDoubtSettings,
  ...databaseSettings,
});

/** Names the settings in the problems of a `SettingsError` as people write them. */
function parseWithPrefix<T>(prefix: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SettingsError) || prefix === '') throw error;
    const asWritten = (name: string) => {
      if (name === 'ORIGIN_PORT') return 'APP_PORT';
      return SHARED.includes(name) ? name : `${prefix}${name}`;
    };
    throw new SettingsError(
      error.problems.map((problem) => problem.replace(/(?<=^|; for example )[A-Z_]+(?=[:=])/g, asWritten)),
      { cause: error },
    );
  }
}

type EdgeValues = SettingsValues<typeof edgeSettings>;

function readGiven(env: Record<string, string | undefined>): GivenSettings {
  return withSettingsFromFiles(['DASHBOARD_TOKEN', ...DATABASE_SETTING_NAMES], env, readText);
}

function edgeRules(given: GivenSettings) {
  const checkDatabase = databaseRules(given);
  return (values: EdgeValues, ctx: z.RefinementCtx) => {
    workerRules(values, ctx);
    checkDatabase(values, ctx);
  };
}

function toEdgeConfig(values: EdgeValues, given: GivenSettings): EdgeConfig {
  const names = Object.keys(workerSettings).filter((name) => given[name]);
  return {
    appFolder: values.APP_FOLDER,
    port: values.PORT,
    database: toEdgeDatabase(toDatabaseConfig(values)),
    // The worker parses them itself.
    vars: Object.fromEntries(names.map((name) => [name, given[name] as string])),
    metricsPort: values.METRICS_PORT,
  };
}

/**
 * Returns the given ones of the routes' own settings, as variables of the worker. The worker parses them.
 *
 * @throws {SettingsError} naming a file that cannot be read
 */
export function readAppVars(names: readonly string[], env: Record<string, string | undefined>): Record<string, string> {
  const given = withSettingsFromFiles(names, env, readText);
  const unread = names.map((name) => given[name]).filter((value) => value instanceof UnreadSetting);
  if (unread.length > 0) throw new SettingsError(unread.map(({ problem }) => problem));
  return Object.fromEntries(names.filter((name) => given[name]).map((name) => [name, given[name] as string]));
}
