import { z } from 'zod';
import { type TrustProxy, trustProxySetting } from '../app/client/trust-proxy.ts';
import { type DashboardAccess, dashboardRule, dashboardSettings, toDashboardAccess } from '../app/dashboard/access.ts';
import { inDoubtSettings } from '../app/lib/in-doubt.ts';
import { parsedSettings, type SettingsValues, setting, settingsObject } from '../app/lib/settings.ts';
import { boolean, type TextFormat } from '../app/lib/text-format.ts';
import { addTextProblem } from '../app/lib/text-problem.ts';
import { type SessionConfig, sessionRule, sessionSettings, toSessionConfig } from '../app/sessions/settings.ts';
import type { RequestLimitsOptions } from './balancer/request-limits.ts';
import type { RequestSizes } from './balancer/request-sizes.ts';
import { limitSettings, toRequestLimits, toRequestSizes } from './limit-settings.ts';
import { InvalidPeerError, type PeerConfig, parsePeers } from './upstream/parse-peers.ts';

export interface WorkerConfig {
  /** Without peers the worker runs the handlers itself. */
  peers: PeerConfig[];
  cookieSecure: boolean;
  connectTimeoutMs: number;
  readTimeoutMs: number;
  bodyTimeoutMs: number;
  sendTimeoutMs: number;
  sizes: RequestSizes;
  tries: { maxTries: number; triesTimeoutMs: number };
  limits: RequestLimitsOptions;
  trust: TrustProxy;
  /** Whether the balancer logs each request. */
  accessLog: boolean;
  /** How long the outcome of a commit in doubt is pursued. */
  inDoubtTimeoutMs: number;
  sessions: SessionConfig;
  /**
   * Who may see the dashboard when the worker runs the handlers itself. The replicas' dashboards have settings of their
   * own.
   */
  dashboard: DashboardAccess;
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

export const workerSettings = {
  ORIGINS: setting(peerLines(), {
    about: 'The peers, one per line; without peers the worker runs the handlers itself, on MySQL or D1.',
    example: 'http://127.0.0.1:5001 weight=2 max_fails=2 fail_timeout=5s',
    default: [],
    defaultText: 'none',
  }),
  AFFINITY_COOKIE_SECURE: setting(boolean(), {
    about:
      'Whether TLS ends before the worker, so that browsers may send cookies over HTTPS only: the affinity cookie, and the cookies of replicas, which learn that the client uses HTTPS.',
    example: 'true',
    default: false,
  }),
  ...limitSettings,
  ACCESS_LOG: setting(boolean(), {
    about: 'Whether each request in front of peers is logged, with the peer that answered.',
    example: 'false',
    default: true,
  }),
  TRUST_PROXY: trustProxySetting({ mayRunOnCloudflare: true }),
  ...inDoubtSettings,
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
    sendTimeoutMs: values.CLIENT_SEND_TIMEOUT_MS,
    sizes: toRequestSizes(values),
    tries: { maxTries: values.UPSTREAM_TRIES, triesTimeoutMs: values.UPSTREAM_TRIES_TIMEOUT_MS },
    limits: toRequestLimits(values),
    trust: values.TRUST_PROXY,
    accessLog: values.ACCESS_LOG,
    inDoubtTimeoutMs: values.IN_DOUBT_TIMEOUT_MS,
    sessions: toSessionConfig(values),
    dashboard: toDashboardAccess(values),
  };
}
