import { type DatabaseHost, formatHost } from '../../cli/database-hosts.ts';
import { splitCertificates } from '../../cli/database-tls.ts';
import type { DatabaseBinding } from '../database/server-login.ts';
import type { EdgeBundle } from './bundle.ts';
import type { EdgeDatabase } from './database.ts';

export interface EdgeConfigOptions extends Omit<EdgeBundle, 'script' | 'appSettingNames'> {
  /** Name of the bundled worker's file, in the folder of the configuration. */
  scriptFile: string;
  /** `host:port` to listen on. */
  address: string;
  vars: Record<string, string>;
  database: EdgeDatabase | undefined;
  /** Whether a second socket, on a free loopback port, answers with what the worker has counted. */
  hasFigures: boolean;
  /** `host:port` of the HTTP server that returns the peers. */
  peersAddress: string | undefined;
}

/** Names of sockets. */
export const HTTP_SOCKET = 'http';
export const FIGURES_SOCKET = 'figures';

/**
 * V8 sizes its heap by the machine's memory and does not know the container's limit. A takeover creates many objects that
 * hold much more than their own size, such as connections. These limits make V8 collect them while there is still memory.
 */
const V8_FLAGS = ['--max-semi-space-size=4', '--max-old-space-size=128'];

/** Returns the runtime's configuration in Cap'n Proto's text format: its sockets, one worker and its bindings. */
export function edgeConfig(options: EdgeConfigOptions): string {
  const { address, scriptFile, compatibilityDate, compatibilityFlags, vars, database, hasFigures, peersAddress } =
    options;
  const services = [
    '(name = "edge", worker = .edge)',
    `(name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (${tlsOptions(database)})))`,
  ];
  const bindings = Object.entries(vars).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`);

  if (database && needsOwnConnections(database)) {
    const { hosts, user, password, database: schema, tls } = database;
    const binding: DatabaseBinding = { hosts, user, password, database: schema, isEncrypted: tls.mode !== 'off' };
    bindings.push(`(name = "DATABASE", json = ${text(JSON.stringify(binding))})`);
  } else if (database) {
    const { hosts, user, password, database: schema } = database;
    const address = formatHost(hosts[0] as DatabaseHost);
    services.push(`(name = "database", external = (address = ${text(address)}, tcp = ()))`);
    const login = `database = ${text(schema)}, user = ${text(user)}, password = ${text(password)}`;
    bindings.push(`(name = "HYPERDRIVE", hyperdrive = (designator = "database", ${login}, scheme = "mysql"))`);
  }
  if (peersAddress !== undefined) {
    services.push(`(name = "peers", external = (address = ${text(peersAddress)}, http = ()))`);
    bindings.push('(name = "PEERS", service = "peers")');
  }

  const sockets = [`(name = ${text(HTTP_SOCKET)}, address = ${text(address)}, http = (), service = "edge")`];
  if (hasFigures) {
    const service = '(name = "edge", entrypoint = "figures")';
    sockets.push(`(name = ${text(FIGURES_SOCKET)}, address = "127.0.0.1:0", http = (), service = ${service})`);
  }

  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = [${V8_FLAGS.map(text).join(', ')}],
  services = [
    ${services.join(',\n    ')},
  ],
  sockets = [
    ${sockets.join(',\n    ')},
  ],
);
const edge :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${text(scriptFile)})],
  compatibilityDate = ${text(compatibilityDate)},
  compatibilityFlags = [${compatibilityFlags.map(text).join(', ')}],
  bindings = [
    ${bindings.join(',\n    ')},
  ],
);
`;
}

/** Whether the database is more than what the runtime's Hyperdrive binding describes. */
function needsOwnConnections({ hosts, tls }: EdgeDatabase): boolean {
  return hosts.length > 1 || tls.mode !== 'off';
}

/** Replicas may have certificates of the public CAs, so that a CA of the database's own is trusted in addition. */
function tlsOptions(database: EdgeDatabase | undefined): string {
  const ca = database?.tls.mode === 'verify' ? database.tls.ca : undefined;
  const own = ca === undefined ? '' : `, trustedCertificates = [${splitCertificates(ca).map(text).join(', ')}]`;
  return `trustBrowserCas = true${own}`;
}

/** A text literal. Its escapes are JSON's, except for control characters. */
function text(value: string): string {
  return JSON.stringify(value).replace(/\\\\|\\u00/g, (found) => (found === '\\u00' ? '\\x' : found));
}
