import type { MiddlewareHandler } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { bearerAuth } from 'hono/bearer-auth';
import { some } from 'hono/combine';
import { ipRestriction } from 'hono/ip-restriction';
import { timingSafeEqual } from 'hono/utils/buffer';
import { z } from 'zod';
import type { AppEnv } from '../app.ts';
import { refuse } from '../refuse.ts';
import { describeProblem, setting } from '../settings.ts';

/** Who may see the dashboard. */
export type DashboardAccess = { kind: 'off' } | { kind: 'private' } | { kind: 'token'; token: string };

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

const MODES = ['off', 'private', 'token'] as const;

export const dashboardSettings = {
  DASHBOARD: setting<(typeof MODES)[number]>({
    about:
      'Who may see `/dashboard`: nobody (`off`), clients of private networks (`private`), or whoever has `DASHBOARD_TOKEN` (`token`).',
    expected: `one of ${MODES.join(', ')}`,
    example: 'token',
    default: 'private',
    schema: z.enum(MODES) as unknown as z.ZodType<(typeof MODES)[number], string>,
  }),
  DASHBOARD_TOKEN: setting<string | undefined>({
    about: 'The token: the password a browser asks for, whatever the user name, or `Authorization: Bearer`.',
    expected: '16 to 256 letters, digits or any of ._~+/-',
    example: 'what-openssl-rand-hex-24-prints',
    default: undefined,
    schema: z.string().regex(/^(?=.{16,256}$)[\w.~+/-]+=*$/),
    mask: () => '***',
  }),
};

interface DashboardValues {
  DASHBOARD: (typeof MODES)[number];
  DASHBOARD_TOKEN: string | undefined;
}

/** Makes of the two settings one, adding a line to `problems` when they do not go together. */
export function readDashboardAccess(values: DashboardValues, problems: string[]): DashboardAccess {
  const { DASHBOARD: kind, DASHBOARD_TOKEN: token } = values;
  if (kind !== 'token') return { kind };
  if (token !== undefined) return { kind, token };
  const { expected } = dashboardSettings.DASHBOARD_TOKEN;
  const fix = 'set it to what `openssl rand -hex 24` prints';
  problems.push(describeProblem('DASHBOARD_TOKEN', `${expected}, beside DASHBOARD=token`, 'nothing', fix));
  return { kind: 'off' };
}

/** Lets those through who may see the dashboard; the others are told why they may not (403, 401). */
export function dashboardAccess(access: Exclude<DashboardAccess, { kind: 'off' }>): MiddlewareHandler<AppEnv> {
  if (access.kind === 'private') {
    return ipRestriction(
      (c) => c.var.caller.clientIp,
      { allowList: PRIVATE_NETWORKS },
      (_client, c) => refuse(c, 403, 'The dashboard is for private networks only.'),
    );
  }
  const { token } = access;
  // A browser knows how to ask for a password, and sends it with the event stream, too; scripts have bearer tokens.
  return some(
    bearerAuth({ token }),
    basicAuth({ verifyUser: (_name, password) => timingSafeEqual(password, token), realm: 'Mooring dashboard' }),
  );
}
