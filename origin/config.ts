import { isIP } from 'node:net';
import { serverId } from '../app/affinity/server-id.ts';
import type { TrustProxy } from '../app/client/trust-proxy.ts';
import { type DashboardAccess, readDashboardAccess } from '../app/dashboard/access.ts';
import type { ReplicaIdentity } from '../app/env.ts';
import { describeProblem, readSettings, SettingsError } from '../app/lib/settings.ts';
import { type DatabaseConfig, readDatabaseConfig } from '../cli/database-config.ts';
import { bracketed } from '../cli/database-url.ts';
import { readSettingsFromFiles, readText } from '../cli/settings-from-files.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { findOwnAddress } from './own-address.ts';
import { asTrustProxy, type LogLevel, originSettings, parseTrustedProxies } from './settings.ts';

export interface OriginConfig {
  host: string;
  port: number;
  server: ReplicaIdentity;
  database: DatabaseConfig;
  trust: TrustProxy;
  connectionLimits: ConnectionLimits;
  headerTimeoutMs: number;
  requestTimeoutMs: number;
  visitQueueLimit: number;
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
  const problems: string[] = [];
  const values = readSettings(
    originSettings,
    { ...env, ...readSettingsFromFiles(['DASHBOARD_TOKEN'], env, readFile, problems) },
    problems,
  );
  const longestDrainMs = (values.STOP_GRACE_PERIOD_MS ?? Number.POSITIVE_INFINITY) - GRACE_AFTER_DRAIN_MS;
  if (values.DRAIN_TIMEOUT_MS > longestDrainMs) {
    const expected = `at most ${longestDrainMs}, because the replica is killed ${values.STOP_GRACE_PERIOD_MS} ms after the signal to stop`;
    const fix = 'lower it, or raise the stop grace period and STOP_GRACE_PERIOD_MS';
    problems.push(describeProblem('DRAIN_TIMEOUT_MS', expected, `${values.DRAIN_TIMEOUT_MS}`, fix));
  }
  const dashboard = readDashboardAccess(values, problems);
  const database = readDatabaseConfig(env, readFile, problems);
  const warnings: string[] = [];
  const trust = readTrust(values, problems, warnings);
  const serverIp = await findAddress(values.SERVER_IP);
  if (serverIp === undefined) {
    const { expected, example } = originSettings.SERVER_IP;
    problems.push(
      describeProblem('SERVER_IP', expected, JSON.stringify(values.SERVER_IP), `for example SERVER_IP=${example}`),
    );
  }
  // Node does not start when the request timeout is below the header timeout.
  if (values.REQUEST_TIMEOUT_MS < values.HEADER_TIMEOUT_MS) {
    const { expected, example } = originSettings.REQUEST_TIMEOUT_MS;
    const got = `"${values.REQUEST_TIMEOUT_MS}"`;
    problems.push(describeProblem('REQUEST_TIMEOUT_MS', expected, got, `for example REQUEST_TIMEOUT_MS=${example}`));
  }
  if (problems.length > 0) throw new SettingsError(problems);

  return {
    host: values.HOST ?? (isIP(serverIp as string) === 6 ? '::' : '0.0.0.0'),
    port: values.PORT,
    server: describeServer(serverIp as string, values.PORT, values.SERVER_ROUTE),
    database,
    trust,
    connectionLimits: {
      proxies: values.PROXY_CONNECTION_LIMIT,
      clients: values.CLIENT_CONNECTION_LIMIT,
      perClient: values.CONNECTIONS_PER_CLIENT,
    },
    headerTimeoutMs: values.HEADER_TIMEOUT_MS,
    requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
    visitQueueLimit: values.VISIT_QUEUE_LIMIT,
    drainTimeoutMs: values.DRAIN_TIMEOUT_MS,
    drainNoticeMs: values.DRAIN_NOTICE_MS,
    dashboard,
    logDirectory: values.LOG_DIRECTORY,
    logLevel: values.LOG_LEVEL,
    logLinesPerSecond: values.LOG_LINES_PER_CLIENT === 'off' ? undefined : values.LOG_LINES_PER_CLIENT,
    metricsPort: values.METRICS_PORT,
    accessLogRetentionMs: retentionMs(values.ACCESS_LOG_RETENTION_HOURS),
    warnings,
  };
}

function readTrust(
  { TRUST_PROXY: trust, TRUSTED_PROXIES: deprecated }: { TRUST_PROXY: TrustProxy; TRUSTED_PROXIES: string | undefined },
  problems: string[],
  warnings: string[],
): TrustProxy {
  if (deprecated === undefined) return trust;
  const instead = asTrustProxy(deprecated);
  if (trust.preset !== 'none') {
    const fix = 'remove TRUSTED_PROXIES';
    problems.push(describeProblem('TRUSTED_PROXIES', 'nothing beside TRUST_PROXY', JSON.stringify(deprecated), fix));
  }
  warnings.push(`TRUSTED_PROXIES is deprecated: set TRUST_PROXY=${instead}`);
  return parseTrustedProxies(deprecated) ?? trust;
}

function describeServer(ip: string, port: number, route: string | undefined): ReplicaIdentity {
  const address = `${bracketed(ip)}:${port}`;
  return { ip, address, sid: route ?? serverId(address) };
}

function retentionMs(hours: number | 'off'): number | undefined {
  return hours === 'off' ? undefined : hours * 3_600_000;
}
