import { ROUTE_NAME } from '../app/affinity/cookie.ts';
import { parseTrustProxy, type TrustProxy, trustProxySetting } from '../app/client/trust-proxy.ts';
import { dashboardSettings } from '../app/dashboard/access.ts';
import { inDoubtSettings } from '../app/lib/in-doubt.ts';
import { setting } from '../app/lib/settings.ts';
import { anyText, integer, milliseconds, oneOf, orOff, parsedBy, port, textWhere } from '../app/lib/text-format.ts';
import { sessionSettings } from '../app/sessions/settings.ts';
import { APP_FOLDER, IMAGE_APP_FOLDER } from '../cli/app-folder.ts';
import { DATABASE_SETTING_NAMES, databaseSettings } from '../cli/database-config.ts';
import { EDGE_METRICS } from '../cli/edge-metrics.ts';
import { ipAddress, isIpAddress } from '../cli/ip-address-format.ts';
import { networkOf } from './own-address.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const SERVER_IP = textWhere(
  "an IP address, or a host name or network (CIDR) of one of this machine's addresses",
  (text) => isIpAddress(text) || /^[\w.-]+$/.test(text) || networkOf(text) !== undefined,
);
const ROUTE = textWhere('1 to 32 letters, digits, dots, dashes or underscores', (text) => ROUTE_NAME.test(text));
const TRUSTED = parsedBy('networks separated by commas, or none', parseTrustedProxies);

export const originSettings = {
  APP_FOLDER,
  IMAGE_APP_FOLDER,
  HOST: setting(ipAddress(), {
    about: 'Address the replica listens on.',
    example: '0.0.0.0',
    defaultText: '`0.0.0.0`, or `::` where its own address is an IPv6 one',
  }),
  PORT: setting(port(), {
    about: 'Port the replica listens on.',
    example: '5000',
    default: 5000,
  }),
  SERVER_IP: setting(SERVER_IP, {
    about:
      "The replica's internal IP: `GET /` returns it, and its server id is computed from it and `PORT`. A host name or a network (CIDR) selects one of its addresses.",
    example: '10.0.0.5',
    defaultText: "the machine's first address that is not loopback, IPv4 before IPv6",
  }),
  SERVER_ROUTE: setting(ROUTE, {
    about: 'The `route=` name that the balancer gives this replica, if any; it is then the server id.',
    example: 'a',
  }),
  TRUST_PROXY: trustProxySetting(),
  TRUSTED_PROXIES: setting(TRUSTED, {
    about: 'Deprecated: `TRUSTED_PROXIES=NETWORKS` is read as `TRUST_PROXY=nginx from NETWORKS`.',
    example: '10.0.0.0/8,192.168.1.7',
  }),
  PROXY_CONNECTION_LIMIT: setting(integer({ min: 1, max: 100_000 }), {
    about: 'Maximum number of connections from all balancers that `TRUST_PROXY` names: see docs/limits.md.',
    example: '4096',
    default: 4096,
  }),
  CLIENT_CONNECTION_LIMIT: setting(integer({ min: 1, max: 100_000 }), {
    about: 'Maximum number of connections from all other clients together.',
    example: '512',
    default: 512,
  }),
  CONNECTIONS_PER_CLIENT: setting(integer({ min: 1, max: 100_000 }), {
    about: 'Maximum number of connections, and of requests in flight, of one of those clients.',
    example: '64',
    default: 64,
  }),
  HEADER_TIMEOUT_MS: setting(milliseconds({ min: 1000, max: 600_000 }), {
    about: 'How long the headers of a request may take to arrive, in milliseconds.',
    example: '10000',
    default: 10_000,
  }),
  REQUEST_TIMEOUT_MS: setting(milliseconds({ min: 1000, max: 3_600_000, also: 'not less than HEADER_TIMEOUT_MS' }), {
    about: 'How long a whole request may take to arrive, in milliseconds.',
    example: '60000',
    default: 60_000,
  }),
  VISIT_QUEUE_LIMIT: setting(integer({ min: 1, max: 1_000_000 }), {
    about: 'Maximum number of visits that wait for the database; further visits are answered 503.',
    example: '10000',
    default: 10_000,
  }),
  ...inDoubtSettings,
  DRAIN_TIMEOUT_MS: setting(milliseconds({ min: 0, max: 600_000 }), {
    about:
      'Maximum duration of a stop, in milliseconds: requests in flight finish, and all visits and session changes are committed.',
    example: '10000',
    default: 10_000,
  }),
  DRAIN_NOTICE_MS: setting(milliseconds({ min: 0, max: 600_000 }), {
    about:
      'How long a stopping replica still accepts connections, so that balancers that poll `/readyz` notice, in milliseconds; part of `DRAIN_TIMEOUT_MS`.',
    example: '1000',
    default: 1000,
  }),
  STOP_GRACE_PERIOD_MS: setting(milliseconds({ min: 5000, max: 3_600_000 }), {
    about:
      'How long after the stop signal the platform kills the replica, in milliseconds; `DRAIN_TIMEOUT_MS` must be at least 5000 less.',
    example: '65000',
  }),
  LOG_DIRECTORY: setting(anyText('a path'), {
    about: 'Folder for log files, in addition to standard output; the replicas of a machine may share it.',
    example: '/var/log/mooring',
  }),
  LOG_LEVEL: setting(oneOf(LOG_LEVELS), {
    about: 'The lowest level that is logged.',
    example: 'info',
    default: 'info',
  }),
  LOG_LINES_PER_CLIENT: setting(orOff(undefined, integer({ min: 1, max: 1_000_000 })), {
    about:
      'Request lines per second that one client may cause in the log on average, so that it cannot push out the rest; `off` for no limit. Its next line has the number of suppressed lines.',
    example: '20',
    default: 20,
  }),
  METRICS_PORT: setting(port(), {
    about: 'Port of `GET /metrics`, for Prometheus and not for clients.',
    example: '9464',
  }),
  EDGE_METRICS,
  ACCESS_LOG_RETENTION_HOURS: setting(orOff(undefined, integer({ noun: 'hours', min: 1, max: 1_000_000 })), {
    about: 'How long a visit stays in `access_log`, in hours; `off` keeps all. The counter is not affected.',
    example: '720',
    default: 720,
  }),
  ...sessionSettings,
  SESSION_CACHE_MB: setting(integer({ min: 1, max: 100_000 }), {
    about: 'About how much memory the replica uses for sessions, in MB; the others are read from the database.',
    example: '32',
    default: 32,
  }),
  ...dashboardSettings,
};

/** A value of `TRUSTED_PROXIES`. */
interface DeprecatedTrust {
  list: string;
  /** The same in `TRUST_PROXY`: only the headers of Mooring's own balancers are trusted. */
  instead: string;
  trust: TrustProxy;
}

function parseTrustedProxies(list: string): DeprecatedTrust | undefined {
  const instead = list === 'none' ? 'none' : `nginx from ${list}`;
  const trust = parseTrustProxy(instead);
  return trust && { list, instead, trust };
}

/** All settings of a replica on Node, for `--help` and docs/configuration.md. */
export const allOriginSettings = { ...originSettings, ...databaseSettings };

/** The settings that may come from a file instead. */
export const FILE_SETTINGS = ['DASHBOARD_TOKEN', ...DATABASE_SETTING_NAMES];
