import { isIP } from 'node:net';
import { z } from 'zod';
import { ROUTE_NAME } from '../app/affinity/cookie.ts';
import { parseTrustProxy, type TrustProxy, trustProxySetting } from '../app/client/trust-proxy.ts';
import { dashboardSettings } from '../app/dashboard/access.ts';
import { setting, wholeNumber } from '../app/lib/settings.ts';
import { databaseSettings } from '../cli/database-config.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const ip = z.string().refine((value) => isIP(value) !== 0);

export const originSettings = {
  HOST: setting<string | undefined>({
    about: 'Address the replica listens on.',
    expected: 'an IP address',
    example: '0.0.0.0',
    default: undefined,
    defaultText: '`0.0.0.0`, or `::` where its own address is an IPv6 one',
    schema: ip,
  }),
  PORT: setting({
    about: 'Port the replica listens on.',
    expected: 'a port from 1 to 65535',
    example: '5000',
    default: 5000,
    schema: wholeNumber(1, 65535),
  }),
  SERVER_IP: setting<string | undefined>({
    about: "The replica's internal IP: what `GET /` answers, and with `PORT` what its server id is made of.",
    expected: "an IP address, or a host name that is one of this machine's",
    example: '10.0.0.5',
    default: undefined,
    defaultText: "the machine's first address that is not loopback, IPv4 before IPv6",
    schema: z.union([ip, z.string().regex(/^[\w.-]+$/)]),
  }),
  SERVER_ROUTE: setting<string | undefined>({
    about: 'The `route=` name the balancer gives this replica, where it gives one; it is then the server id.',
    expected: '1 to 32 letters, digits, dots, dashes or underscores',
    example: 'a',
    default: undefined,
    schema: z.string().regex(ROUTE_NAME),
  }),
  TRUST_PROXY: trustProxySetting(),
  TRUSTED_PROXIES: setting<string | undefined>({
    about: 'Deprecated: `TRUSTED_PROXIES=NETWORKS` is read as `TRUST_PROXY=nginx from NETWORKS`.',
    expected: 'networks separated by commas, or none',
    example: '10.0.0.0/8,192.168.1.7',
    default: undefined,
    schema: z.string().refine((value) => parseTrustedProxies(value) !== undefined),
  }),
  PROXY_CONNECTION_LIMIT: setting({
    about:
      'How many connections at once the replica takes from all balancers that `TRUST_PROXY` names: see docs/limits.md.',
    expected: 'a whole number from 1 to 100000',
    example: '4096',
    default: 4096,
    schema: wholeNumber(1, 100_000),
  }),
  CLIENT_CONNECTION_LIMIT: setting({
    about: 'How many it takes from all other clients together.',
    expected: 'a whole number from 1 to 100000',
    example: '512',
    default: 512,
    schema: wholeNumber(1, 100_000),
  }),
  CONNECTIONS_PER_CLIENT: setting({
    about: 'How many it takes from one of those, and how many requests of it may be in flight.',
    expected: 'a whole number from 1 to 100000',
    example: '64',
    default: 64,
    schema: wholeNumber(1, 100_000),
  }),
  HEADER_TIMEOUT_MS: setting({
    about: 'How long the headers of a request may take to arrive, in milliseconds.',
    expected: 'milliseconds from 1000 to 600000',
    example: '10000',
    default: 10_000,
    schema: wholeNumber(1000, 600_000),
  }),
  REQUEST_TIMEOUT_MS: setting({
    about: 'How long a whole request may take to arrive, in milliseconds.',
    expected: 'milliseconds from 1000 to 3600000, not less than HEADER_TIMEOUT_MS',
    example: '60000',
    default: 60_000,
    schema: wholeNumber(1000, 3_600_000),
  }),
  VISIT_QUEUE_LIMIT: setting({
    about: 'How many visits may wait for the database; one more is answered 503.',
    expected: 'a whole number from 1 to 1000000',
    example: '10000',
    default: 10_000,
    schema: wholeNumber(1, 1_000_000),
  }),
  DRAIN_TIMEOUT_MS: setting({
    about: 'How long a stopping replica may take to finish what it has begun, in milliseconds.',
    expected: 'milliseconds from 0 to 600000',
    example: '10000',
    default: 10_000,
    schema: wholeNumber(0, 600_000),
  }),
  DRAIN_NOTICE_MS: setting({
    about:
      'How long a stopping replica still takes connections, so that balancers that ask `/readyz` notice, in milliseconds; a part of `DRAIN_TIMEOUT_MS`.',
    expected: 'milliseconds from 0 to 600000',
    example: '1000',
    default: 1000,
    schema: wholeNumber(0, 600_000),
  }),
  STOP_GRACE_PERIOD_MS: setting<number | undefined>({
    about:
      'How long after the signal to stop the platform kills the replica, in milliseconds; `DRAIN_TIMEOUT_MS` must be 5000 less.',
    expected: 'milliseconds from 5000 to 3600000',
    example: '65000',
    default: undefined,
    schema: wholeNumber(5000, 3_600_000),
  }),
  LOG_DIRECTORY: setting<string | undefined>({
    about: 'Folder in which the log is kept in files, too; the replicas of a machine may share it.',
    expected: 'a path',
    example: '/var/log/mooring',
    default: undefined,
    schema: z.string(),
  }),
  LOG_LEVEL: setting<LogLevel>({
    about: 'The least level that is logged.',
    expected: `one of ${LOG_LEVELS.join(', ')}`,
    example: 'info',
    default: 'info',
    schema: z.enum(LOG_LEVELS) as unknown as z.ZodType<LogLevel, string>,
  }),
  LOG_LINES_PER_CLIENT: setting<number | 'off'>({
    about:
      'How many request lines one client may cause in the log each second in the long run, so that it cannot push out the rest; `off` for any number. Its next line says how many were left out.',
    expected: 'a whole number from 1 to 1000000, or off',
    example: '20',
    default: 20,
    schema: z.union([z.literal('off'), wholeNumber(1, 1_000_000)]),
  }),
  METRICS_PORT: setting<number | undefined>({
    about: 'Port that `GET /metrics` is answered on, for Prometheus and not for clients.',
    expected: 'a port from 1 to 65535',
    example: '9464',
    default: undefined,
    schema: wholeNumber(1, 65535),
  }),
  ACCESS_LOG_RETENTION_HOURS: setting<number | 'off'>({
    about: 'How long a visit stays in `access_log`, in hours; `off` keeps all. The counter counts on.',
    expected: 'hours from 1 to 1000000, or off',
    example: '720',
    default: 720,
    schema: z.union([z.literal('off'), wholeNumber(1, 1_000_000)]),
  }),
  ...dashboardSettings,
};

/** Returns the value of `TRUST_PROXY` for a deprecated list: only the headers of Mooring's own balancers are trusted. */
export function asTrustProxy(list: string): string {
  return list === 'none' ? 'none' : `nginx from ${list}`;
}

export function parseTrustedProxies(list: string): TrustProxy | undefined {
  return parseTrustProxy(asTrustProxy(list));
}

/** All settings of a replica on Node, for `--help` and docs/configuration.md. */
export const allOriginSettings = { ...originSettings, ...databaseSettings };

/** The settings that may come from a file instead. */
export const FILE_SETTINGS = ['DASHBOARD_TOKEN', ...Object.keys(databaseSettings)];
