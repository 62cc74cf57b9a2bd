import type { MiddlewareHandler } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { bearerAuth } from 'hono/bearer-auth';
import { some } from 'hono/combine';
import { HTTPException } from 'hono/http-exception';
import { timingSafeEqual } from 'hono/utils/buffer';
import type { z } from 'zod';
import type { AppEnv } from '../env.ts';
import { sendError } from '../http/error-response.ts';
import { clientKey, createNetworkMatcher, type IpNetwork, parseIpNetwork } from '../lib/ip-address.ts';
import type { Log } from '../lib/log.ts';
import { addProblem, setting } from '../lib/settings.ts';
import { oneOf, parsedBy, textWhere } from '../lib/text-format.ts';
import { isAllowedHost } from './allowed-host.ts';
import { createTokenAttempts } from './token-attempts.ts';
import { isWeakToken } from './weak-token.ts';

export type DashboardAccess =
  | { kind: 'off' }
  /** Open to clients of private networks, when the request's host is an IP address, `localhost` or one of these names. */
  | { kind: 'private'; hosts: readonly string[] }
  | { kind: 'token'; token: string };

/** Loopback, link-local and private networks: RFC 1122, 1918, 3927, 4193 and 4291. */
const PRIVATE_NETWORKS = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
];

const isPrivate = createNetworkMatcher(PRIVATE_NETWORKS.map((network) => parseIpNetwork(network) as IpNetwork));

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;

const TOKEN = textWhere(
  '16 to 256 letters, digits or any of ._~+/-, at least 8 of them different, without repetitions and runs such as abcd',
  (token) => /^(?=.{16,256}$)[\w.~+/-]+=*$/.test(token) && !isWeakToken(token),
);

export const dashboardSettings = {
  DASHBOARD: setting(oneOf(['off', 'private', 'token']), {
    about:
      'Who may see `/dashboard`: nobody (`off`), clients of private networks (`private`), or anyone with `DASHBOARD_TOKEN` (`token`).',
    example: 'token',
    default: 'private',
  }),
  DASHBOARD_TOKEN: setting(TOKEN, {
    about: 'The token: the password a browser asks for, whatever the user name, or `Authorization: Bearer`.',
    example: '$(openssl rand -hex 24)',
    mask: () => '***',
  }),
  DASHBOARD_HOSTS: setting(parsedBy('host names separated by commas, without ports', parseHosts), {
    about:
      'The host names under which `DASHBOARD=private` shows it, beside IP addresses and `localhost`: any other name could be that of a foreign page (DNS rebinding).',
    example: 'mooring.example,status.example',
    default: [],
    defaultText: 'none',
  }),
};

function parseHosts(text: string): readonly string[] | undefined {
  const names = text.split(',').map((name) => name.trim().toLowerCase().replace(/\.$/, ''));
  return names.every((name) => HOST_NAME.test(name)) ? names : undefined;
}

interface DashboardValues {
  DASHBOARD: DashboardAccess['kind'];
  DASHBOARD_TOKEN: string | undefined;
  DASHBOARD_HOSTS: readonly string[];
}

/** The rule that `DASHBOARD=token` needs a token. */
export function dashboardRule({ DASHBOARD, DASHBOARD_TOKEN }: DashboardValues, ctx: z.RefinementCtx): void {
  if (DASHBOARD !== 'token' || DASHBOARD_TOKEN !== undefined) return;
  // An invalid token was reported already.
  if (ctx.issues.some(({ path }) => path?.[0] === 'DASHBOARD_TOKEN')) return;
  const fix = 'set it to what `openssl rand -hex 24` prints';
  addProblem(ctx, 'DASHBOARD_TOKEN', `${TOKEN.expected}, beside DASHBOARD=token`, 'nothing', fix);
}

/** Combines the settings into one value. */
export function toDashboardAccess(values: DashboardValues): DashboardAccess {
  const { DASHBOARD: kind, DASHBOARD_TOKEN: token, DASHBOARD_HOSTS: hosts } = values;
  if (kind === 'private') return { kind, hosts };
  return kind === 'token' && token !== undefined ? { kind, token } : { kind: 'off' };
}

/** Middleware that lets permitted clients through. All others get 401, 403 or 429 with the reason. */
export function dashboardAccess(
  access: Exclude<DashboardAccess, { kind: 'off' }>,
  log: Pick<Log, 'warn'>,
): MiddlewareHandler<AppEnv> {
  return access.kind === 'private' ? privateAccess(access.hosts) : tokenAccess(access.token, log);
}

function privateAccess(names: readonly string[]): MiddlewareHandler<AppEnv> {
  return async function privateAccess(c, next) {
    const { clientIp, isVerified, hosts } = c.get('client');
    if (!isPrivate(clientIp)) return sendError(c, 403, 'The dashboard is for private networks only.');
    if (!isVerified) {
      return sendError(c, 403, 'The dashboard is for private networks only, and TRUST_PROXY does not name this proxy.');
    }
    const foreign = hosts.find((host) => !isAllowedHost(host, names));
    if (foreign === undefined) return next();
    return sendError(c, 403, 'The dashboard is not shown under this host name: DASHBOARD_HOSTS does not list it.');
  };
}

function tokenAccess(token: string, log: Pick<Log, 'warn'>): MiddlewareHandler<AppEnv> {
  const attempts = createTokenAttempts();
  // Browsers can ask for a password and send it with the event stream, too; scripts use bearer tokens.
  const check = some(
    bearerAuth({ token }),
    basicAuth({ verifyUser: (_name, password) => timingSafeEqual(password, token), realm: 'Mooring dashboard' }),
  );

  return async function tokenAccess(c, next) {
    // A request without a token is no guess: it gets a 401 and does not count as an attempt.
    if (c.req.header('Authorization') === undefined) return check(c, next);
    const { clientIp, requestId } = c.get('client');
    const client = clientKey(clientIp);
    const attempt = attempts.begin(client);
    if ('retryAfterSeconds' in attempt) {
      c.header('Retry-After', `${attempt.retryAfterSeconds}`);
      return sendError(c, 429, 'Too many wrong tokens from this address.');
    }
    const passOn = async () => {
      attempts.succeeded(client);
      await next();
    };
    try {
      return await check(c, passOn);
    } catch (error) {
      if (error instanceof HTTPException) {
        log.warn({ clientIp, requestId, attempts: attempt.count }, 'dashboard token rejected');
      }
      throw error;
    }
  };
}
