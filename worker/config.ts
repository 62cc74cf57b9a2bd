import { z } from 'zod';
import { type TrustProxy, trustProxySetting } from '../app/client/trust-proxy.ts';
import { type DashboardAccess, dashboardSettings, readDashboardAccess } from '../app/dashboard/access.ts';
import { readSettings, type Setting, SettingsError, setting, wholeNumber } from '../app/lib/settings.ts';
import type { RequestLimitsOptions } from './balancer/request-limits.ts';
import { type PeerConfig, parsePeers } from './upstream/parse-peers.ts';

export interface WorkerConfig {
  /** Without peers the worker runs the handlers itself. */
  peers: PeerConfig[];
  cookieSecure: boolean;
  connectTimeoutMs: number;
  readTimeoutMs: number;
  bodyTimeoutMs: number;
  limits: RequestLimitsOptions;
  trust: TrustProxy;
  /**
   * Who may see the dashboard when the worker runs the handlers itself. The replicas' dashboards have settings of their
   * own.
   */
  dashboard: DashboardAccess;
}

/** A limit of requests in flight. Above it the edge responds with 429 for the client's own limit, else with 503. */
function limitSetting(about: string, byDefault: number): Setting<number> {
  return setting<number>({
    about: `${about} \`off\` for no limit.`,
    expected: 'a whole number from 1 to 1000000, or off',
    example: `${byDefault}`,
    default: byDefault,
    schema: z.union([
      z.literal('off').transform(() => Number.POSITIVE_INFINITY),
      wholeNumber(1, 1_000_000),
    ]) as unknown as z.ZodType<number, string>,
  });
}

/** Bytes of request bodies in memory. With these limits the whole runtime stays within 256 MB: see docs/limits.md. */
const BODY_BYTES = { perClient: 4 * 1024 * 1024, total: 32 * 1024 * 1024 };

export const workerSettings = {
  ORIGINS: setting<PeerConfig[]>({
    about: 'The peers to balance, one a line; with none the worker runs the handlers itself, on MySQL or D1.',
    expected: 'a peer a line',
    example: 'http://127.0.0.1:5001 weight=2 max_fails=2 fail_timeout=5s',
    default: [],
    defaultText: 'none',
    schema: z.string().transform(parsePeers),
  }),
  AFFINITY_COOKIE_SECURE: setting({
    about: 'Whether browsers may send the affinity cookie over HTTPS only.',
    expected: 'true or false',
    example: 'true',
    default: false,
    schema: z.enum(['true', 'false']).transform((word) => word === 'true') as unknown as z.ZodType<boolean, string>,
  }),
  UPSTREAM_CONNECT_TIMEOUT_MS: setting({
    about:
      'How long a peer may take to accept a connection before a request that must not be sent twice, in milliseconds.',
    expected: 'milliseconds from 1 to 75000',
    example: '2000',
    default: 2000,
    schema: wholeNumber(1, 75_000),
  }),
  UPSTREAM_READ_TIMEOUT_MS: setting({
    about: 'How long a peer may take to answer with its headers, in milliseconds.',
    expected: 'milliseconds from 1 to 3600000',
    example: '15000',
    default: 15_000,
    schema: wholeNumber(1, 3_600_000),
  }),
  CLIENT_BODY_TIMEOUT_MS: setting({
    about:
      'How long a client may take between two pieces of its request body, in milliseconds; 64 KiB may take a minute at most.',
    expected: 'milliseconds from 100 to 3600000',
    example: '5000',
    default: 5000,
    schema: wholeNumber(100, 3_600_000),
  }),
  CLIENT_REQUEST_LIMIT: limitSetting('Requests without a body that one client may have in flight.', 64),
  CLIENT_UPLOAD_LIMIT: limitSetting('Requests with a body that one client may have in flight.', 16),
  CLIENT_STREAM_LIMIT: limitSetting('WebSockets and event streams that one client may have open.', 32),
  REQUEST_LIMIT: limitSetting('Requests without a body in flight, of all clients together.', 1024),
  UPLOAD_LIMIT: limitSetting('Requests with a body in flight, of all clients together.', 256),
  STREAM_LIMIT: limitSetting('WebSockets and event streams, of all clients together.', 512),
  TRUST_PROXY: trustProxySetting({ mayRunOnCloudflare: true }),
  ...dashboardSettings,
};

/**
 * Parses the worker's variables.
 *
 * @throws {InvalidPeerError} when a line of `ORIGINS` is invalid
 * @throws {SettingsError} when any other variable is invalid
 */
export function parseWorkerConfig(env: Record<string, unknown>): WorkerConfig {
  const variables = Object.keys(workerSettings).map((name) => [name, env[name] as string | undefined]);
  const problems: string[] = [];
  const values = readSettings(workerSettings, Object.fromEntries(variables), problems);
  const dashboard = readDashboardAccess(values, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    peers: values.ORIGINS,
    cookieSecure: values.AFFINITY_COOKIE_SECURE,
    connectTimeoutMs: values.UPSTREAM_CONNECT_TIMEOUT_MS,
    readTimeoutMs: values.UPSTREAM_READ_TIMEOUT_MS,
    bodyTimeoutMs: values.CLIENT_BODY_TIMEOUT_MS,
    limits: {
      request: { perClient: values.CLIENT_REQUEST_LIMIT, total: values.REQUEST_LIMIT },
      upload: { perClient: values.CLIENT_UPLOAD_LIMIT, total: values.UPLOAD_LIMIT },
      stream: { perClient: values.CLIENT_STREAM_LIMIT, total: values.STREAM_LIMIT },
      bodyBytes: BODY_BYTES,
    },
    trust: values.TRUST_PROXY,
    dashboard,
  };
}
