import { z } from 'zod';
import { type TrustProxy, trustProxySetting } from '../app/client/trust-proxy.ts';
import { type DashboardAccess, dashboardRule, dashboardSettings, toDashboardAccess } from '../app/dashboard/access.ts';
import { parsedSettings, type Setting, type SettingsValues, setting, settingsObject } from '../app/lib/settings.ts';
import { boolean, integer, milliseconds, orOff, type TextFormat } from '../app/lib/text-format.ts';
import { addTextProblem } from '../app/lib/text-problem.ts';
import { type SessionConfig, sessionRule, sessionSettings, toSessionConfig } from '../app/sessions/settings.ts';
import type { RequestLimitsOptions } from './balancer/request-limits.ts';
import { InvalidPeerError, type PeerConfig, parsePeers } from './upstream/parse-peers.ts';

export interface WorkerConfig {
  /** Without peers the worker runs the handlers itself. */
  peers: PeerConfig[];
  cookieSecure: boolean;
  connectTimeoutMs: number;
  readTimeoutMs: number;
  bodyTimeoutMs: number;
  limits: RequestLimitsOptions;
  trust: TrustProxy;
  /** Whether the balancer logs each request. */
  accessLog: boolean;
  sessions: SessionConfig;
  /**
   * Who may see the dashboard when the worker runs the handlers itself. The replicas' dashboards have settings of their
   * own.
   */
  dashboard: DashboardAccess;
}

/** A limit of requests in flight. Above it the edge responds with 429 for the client's own limit, else with 503. */
function limitSetting(about: string, byDefault: number): Setting<number> {
  return setting(orOff(Number.POSITIVE_INFINITY, integer({ min: 1, max: 1_000_000 })), {
    about: `${about} \`off\` for no limit.`,
    example: `${byDefault}`,
    default: byDefault,
  });
}

/** The form of a list of peers. */
function peerLines(): TextFormat<PeerConfig[]> {
  const schema = z.string().transform((text, ctx) => {
    try {
      return parsePeers(text);
    } catch (error) {
      if (!(error instanceof InvalidPeerError)) throw error;
      const { expected, got } = error;
      addTextProblem(ctx, { expected, got });
      return z.NEVER;
    }
  });
  return { expected: 'a peer a line', schema };
}

/** Bytes of request bodies in memory. With these limits the whole runtime stays within 256 MB: see docs/limits.md. */
const BODY_BYTES = { perClient: 4 * 1024 * 1024, total: 32 * 1024 * 1024 };

export const workerSettings = {
  ORIGINS: setting(peerLines(), {
    about: 'The peers, one per line; without peers the worker runs the handlers itself, on MySQL or D1.',
    example: 'http://127.0.0.1:5001 weight=2 max_fails=2 fail_timeout=5s',
    default: [],
    defaultText: 'none',
  }),
  AFFINITY_COOKIE_SECURE: setting(boolean(), {
    about: 'Whether browsers may send the affinity cookie over HTTPS only.',
    example: 'true',
    default: false,
  }),
  UPSTREAM_CONNECT_TIMEOUT_MS: setting(milliseconds({ min: 1, max: 75_000 }), {
    about:
      'How long a peer may take to accept a connection before a request that must not be sent twice, in milliseconds.',
    example: '2000',
    default: 2000,
  }),
  UPSTREAM_READ_TIMEOUT_MS: setting(milliseconds({ min: 1, max: 3_600_000 }), {
    about: 'How long a peer may take to answer with its headers, in milliseconds.',
    example: '15000',
    default: 15_000,
  }),
  CLIENT_BODY_TIMEOUT_MS: setting(milliseconds({ min: 100, max: 3_600_000 }), {
    about:
      'How long a client may take between two pieces of its request body, in milliseconds; 64 KiB may take a minute at most.',
    example: '5000',
    default: 5000,
  }),
  CLIENT_REQUEST_LIMIT: limitSetting('Requests without a body that one client may have in flight.', 64),
  CLIENT_UPLOAD_LIMIT: limitSetting('Requests with a body that one client may have in flight.', 16),
  CLIENT_STREAM_LIMIT: limitSetting('WebSockets and event streams that one client may have open.', 32),
  REQUEST_LIMIT: limitSetting('Requests without a body in flight, of all clients together.', 1024),
  UPLOAD_LIMIT: limitSetting('Requests with a body in flight, of all clients together.', 256),
  STREAM_LIMIT: limitSetting('WebSockets and event streams, of all clients together.', 512),
  ACCESS_LOG: setting(boolean(), {
    about: 'Whether each request in front of peers is logged, with the peer that answered.',
    example: 'false',
    default: true,
  }),
  TRUST_PROXY: trustProxySetting({ mayRunOnCloudflare: true }),
  ...sessionSettings,
  ...dashboardSettings,
};

/** The rules between the worker's settings. */
export function workerRules(values: SettingsValues<typeof workerSettings>, ctx: z.RefinementCtx): void {
  sessionRule(values, ctx);
  dashboardRule(values, ctx);
}

/**
 * Parses the worker's variables.
 *
 * @throws {SettingsError} describing every invalid variable
 */
export function parseWorkerConfig(env: Record<string, unknown>): WorkerConfig {
  const schema = settingsObject(workerSettings).superRefine(workerRules);
  const values = parsedSettings(schema.safeParse(env));
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
    accessLog: values.ACCESS_LOG,
    sessions: toSessionConfig(values),
    dashboard: toDashboardAccess(values),
  };
}
