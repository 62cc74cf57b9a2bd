import { isIP } from 'node:net';
import type { z } from 'zod';
import { serverId } from '../app/affinity/server-id.ts';
import type { TrustProxy } from '../app/client/trust-proxy.ts';
import { type DashboardAccess, dashboardRule, toDashboardAccess } from '../app/dashboard/access.ts';
import type { ReplicaIdentity } from '../app/env.ts';
import { addProblem, parsedSettings, type SettingsValues, settingsObject } from '../app/lib/settings.ts';
import { type SessionConfig, sessionRule, toSessionConfig } from '../app/sessions/settings.ts';
import { appFolderRule } from '../cli/app-folder.ts';
import { type DatabaseConfig, databaseRules, toDatabaseConfig } from '../cli/database-config.ts';
import { bracketed } from '../cli/database-hosts.ts';
import type { ServiceAddress } from '../cli/service-address.ts';
import { readText, withSettingsFromFiles } from '../cli/settings-from-files.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { findOwnAddress } from './own-address.ts';
import { allOriginSettings, FILE_SETTINGS, type LogLevel, originSettings } from './settings.ts';

export interface OriginConfig {
  /** Absolute path of the folder whose `routes.ts` lists the routes. */
  appFolder: string;
  host: string;
  port: number;
  server: ReplicaIdentity;
  database: DatabaseConfig;
  trust: TrustProxy;
  connectionLimits: ConnectionLimits;
  headerTimeoutMs: number;
  requestTimeoutMs: number;
  visitQueueLimit: number;
  /** How long the outcome of a commit in doubt is pursued. */
  inDoubtTimeoutMs: number;
  sessions: SessionConfig & { cacheBytes: number };
  drainTimeoutMs: number;
  drainNoticeMs: number;
  dashboard: DashboardAccess;
  /** The folder for log files; undefined for standard output only. */
  logDirectory: string | undefined;
  logLevel: LogLevel;
  /** Undefined for no limit. */
  logLinesPerSecond: number | undefined;
  /** Undefined for no metrics. */
  metricsPort: number | undefined;
  /** Where the edge has its metrics; undefined when the dashboard shows no edge. */
  edgeMetrics: ServiceAddress | undefined;
  /** How long rows of the access log are kept, in milliseconds; undefined for ever. */
  accessLogRetentionMs: number | undefined;
  /** Messages to log about deprecated settings. */
  warnings: string[];
}

/**
 * The part of the stop grace period that is left after the drain, to close the database and the log, even on a busy machine.
 */
const GRACE_AFTER_DRAIN_MS = 5000;

export interface ParseConfigOptions {
  env: Record<string, string | undefined>;
  readFile?: (path: string) => string;
  findAddress?: (wanted: string | undefined) => Promise<string | undefined>;
}

/**
 * Parses the environment.
 *
 * @throws {SettingsError} describing every invalid setting
 */
export async function parseConfig(options: ParseConfigOptions): Promise<OriginConfig> {
  const { env, readFile = readText, findAddress = findOwnAddress } = options;
  const given = withSettingsFromFiles(FILE_SETTINGS, env, readFile);
  let serverIp = '';
  const schema = settingsObject(allOriginSettings)
    .superRefine(appFolderRule)
    .superRefine(timeoutRules)
    .superRefine(sessionRule)
    .superRefine(dashboardRule)
    .superRefine(databaseRules(given))
    .superRefine(trustRule)
    .superRefine(async ({ SERVER_IP: wanted }, ctx) => {
      const found = await findAddress(wanted);
      if (found === undefined) addInvalid(ctx, 'SERVER_IP', JSON.stringify(wanted));
      else serverIp = found;
    });
  const values = parsedSettings(await schema.safeParseAsync(given));
  const { TRUSTED_PROXIES: deprecated } = values;

  return {
    appFolder: values.APP_FOLDER,
    host: values.HOST ?? (isIP(serverIp) === 6 ? '::' : '0.0.0.0'),
    port: values.PORT,
    server: describeServer(serverIp, values.PORT, values.SERVER_ROUTE),
    database: toDatabaseConfig(values),
    trust: deprecated?.trust ?? values.TRUST_PROXY,
    connectionLimits: {
      proxies: values.PROXY_CONNECTION_LIMIT,
      clients: values.CLIENT_CONNECTION_LIMIT,
      perClient: values.CONNECTIONS_PER_CLIENT,
    },
    headerTimeoutMs: values.HEADER_TIMEOUT_MS,
    requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
    visitQueueLimit: values.VISIT_QUEUE_LIMIT,
    inDoubtTimeoutMs: values.IN_DOUBT_TIMEOUT_MS,
    sessions: { ...toSessionConfig(values), cacheBytes: values.SESSION_CACHE_MB * 1024 * 1024 },
    drainTimeoutMs: values.DRAIN_TIMEOUT_MS,
    drainNoticeMs: values.DRAIN_NOTICE_MS,
    dashboard: toDashboardAccess(values),
    logDirectory: values.LOG_DIRECTORY,
    logLevel: values.LOG_LEVEL,
    logLinesPerSecond: values.LOG_LINES_PER_CLIENT,
    metricsPort: values.METRICS_PORT,
    edgeMetrics: values.EDGE_METRICS,
    accessLogRetentionMs: retentionMs(values.ACCESS_LOG_RETENTION_HOURS),
    warnings: deprecated ? [`TRUSTED_PROXIES is deprecated: set TRUST_PROXY=${deprecated.instead}`] : [],
  };
}

type OriginValues = SettingsValues<typeof allOriginSettings>;

function timeoutRules(values: OriginValues, ctx: z.RefinementCtx): void {
  const longestDrainMs = (values.STOP_GRACE_PERIOD_MS ?? Number.POSITIVE_INFINITY) - GRACE_AFTER_DRAIN_MS;
  if (values.DRAIN_TIMEOUT_MS > longestDrainMs) {
    const expected = `at most ${longestDrainMs}, because the replica is killed ${values.STOP_GRACE_PERIOD_MS} ms after the stop signal`;
    const fix = 'lower it, or raise the stop grace period and STOP_GRACE_PERIOD_MS';
    addProblem(ctx, 'DRAIN_TIMEOUT_MS', expected, `${values.DRAIN_TIMEOUT_MS}`, fix);
  }
  // Node does not start when the request timeout is below the header timeout.
  if (values.REQUEST_TIMEOUT_MS < values.HEADER_TIMEOUT_MS) {
    addInvalid(ctx, 'REQUEST_TIMEOUT_MS', `"${values.REQUEST_TIMEOUT_MS}"`);
  }
}

function trustRule({ TRUST_PROXY: trust, TRUSTED_PROXIES: deprecated }: OriginValues, ctx: z.RefinementCtx): void {
  if (deprecated === undefined || trust.preset === 'none') return;
  const got = JSON.stringify(deprecated.list);
  addProblem(ctx, 'TRUSTED_PROXIES', 'nothing beside TRUST_PROXY', got, 'remove TRUSTED_PROXIES');
}

/** Reports a setting in the words of its declaration. */
function addInvalid(ctx: z.RefinementCtx, name: keyof typeof originSettings, got: string): void {
  const { expected, example } = originSettings[name];
  addProblem(ctx, name, expected, got, `for example ${name}=${example}`);
}

function describeServer(ip: string, port: number, route: string | undefined): ReplicaIdentity {
  const address = `${bracketed(ip)}:${port}`;
  return { ip, address, sid: route ?? serverId(address) };
}

function retentionMs(hours: number | undefined): number | undefined {
  return hours === undefined ? undefined : hours * 3_600_000;
}
