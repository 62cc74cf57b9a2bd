import mysql from 'mysql2/promise';
import { delay } from '../../app/lib/delay.ts';

/** A MySQL or MariaDB for the tests. Its user may create databases. */
export interface MysqlServer {
  /** `mysql://user:password@host:port/`, without a database. */
  url: string;
  /** Description of the server's source, for the person who runs the tests. */
  origin: string;
  /** Its process, when it was started; undefined when the server was given to us. */
  pid?: number | undefined;
  /** Undefined when the server was given to us: then we must not crash it. */
  power?: MysqlPower;
  /** Removes everything, synchronously: it is also called when the process exits. */
  stop(): void;
}

/** Stops a server, with or without a warning, and starts it again. */
export interface MysqlPower {
  /** Kills the server, as `kill -9` does. */
  cut(): Promise<void>;
  /** Stops the server cleanly and waits until it has ended. */
  halt(): Promise<void>;
  /** Starts the server on its existing data and waits until it answers. */
  restore(): Promise<void>;
}

/** One way to get a server. Returns undefined when it is not available here. Reports why, if that is unexpected. */
export type MysqlSource = (say: (line: string) => void) => Promise<MysqlServer | undefined>;

const STARTUP_TIMEOUT_MS = 120_000;
const RETRY_INTERVAL_MS = 100;

/** Returns product and version of a server, as it reports them. */
export async function mysqlVersion(url: string): Promise<string> {
  const connection = await mysql.createConnection({ uri: url, connectTimeout: 5000 });
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>('select version() as version');
    const { version } = rows[0] as { version: string };
    return version.includes('MariaDB') ? version : `MySQL ${version}`;
  } finally {
    connection.destroy();
  }
}

/**
 * Waits until a newly started server answers queries.
 *
 * @param ended resolves with a description when the server ends instead
 * @throws when the server has ended, or has not answered within two minutes
 */
export async function waitForMysql(url: string, ended: Promise<string>): Promise<void> {
  let end: string | undefined;
  void ended.then((how) => {
    end = how;
  });
  const deadline = AbortSignal.timeout(STARTUP_TIMEOUT_MS);
  for (;;) {
    try {
      await mysqlVersion(url);
      return;
    } catch (error) {
      if (end !== undefined) throw new Error(`the server ended: ${end}`);
      if (deadline.aborted) throw new Error('the server did not answer', { cause: error });
      await delay(RETRY_INTERVAL_MS);
    }
  }
}
