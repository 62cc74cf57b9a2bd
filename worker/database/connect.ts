import { connect as connectTls } from 'node:tls';
import mysql from 'mysql2';
import type { Connection } from 'mysql2/promise';
import type { ServerLogin } from './server-login.ts';

export const CONNECT_TIMEOUT_MS = 3000;

/** What the driver uses when it encrypts a connection. */
interface DriverConnection {
  stream: { removeAllListeners(event: string): void };
  config: { host: string };
  packetParser: { execute(data: Uint8Array): void };
  startTLS(onSecure: (error?: Error) => void): void;
  _handleNetworkError(error: Error): void;
}

/** Opens a connection. */
export function connect(login: ServerLogin): Promise<Connection> {
  // Not spread: the fields of a Hyperdrive binding are getters of its class, and may be read within a request only.
  const { host, port, user, password, database, isEncrypted = false } = login;
  const connection = mysql.createConnection({
    ...{ host, port, user, password, database },
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Sends a commit as one packet, if Hyperdrive accepts that.
    multipleStatements: true,
    // The driver would generate code for its parsers, which the runtime forbids.
    disableEval: true,
    ...(isEncrypted && { ssl: {} }),
  });
  if (isEncrypted) (connection as unknown as DriverConnection).startTLS = startTls;
  return new Promise((resolve, reject) => {
    connection.once('connect', () => resolve(connection.promise()));
    connection.once('error', reject);
  });
}

/**
 * Takes the place of the driver's own method, whose options the runtime lacks. The runtime verifies the certificate against
 * the host name and the CAs of its configuration; that cannot be turned off.
 */
function startTls(this: DriverConnection, onSecure: (error?: Error) => void): void {
  const { stream, config } = this;
  let isSecure = false;
  stream.removeAllListeners('data');
  const secure = connectTls({ socket: stream, servername: config.host }, () => {
    isSecure = true;
    onSecure();
  });
  secure.on('error', (error) => {
    if (isSecure) this._handleNetworkError(error);
    else onSecure(new Error(`the TLS handshake failed, the runtime has logged why (${error.message})`));
  });
  secure.on('data', (data) => this.packetParser.execute(data));
  this.stream = secure as unknown as DriverConnection['stream'];
}
