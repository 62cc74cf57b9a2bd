import { setTimeout } from 'node:timers/promises';
import mysql from 'mysql2/promise';

/** A MySQL or MariaDB for the tests, whose user may create databases. */
export interface MysqlServer {
  /** `mysql://user:password@host:port/`, without a database. */
  url: string;
  /** Where it comes from, for whoever runs the tests. */
  origin: string;
  /** Absent where the server is not ours to crash. */
  power?: MysqlPower;
  /** Leaves nothing behind, at once: it is also the last thing a process does. */
  stop(): void;
}

/** A server's end, with and without a warning, and its return. */
export interface MysqlPower {
  /** Kills it as `kill -9` does. */
  cut(): Promise<void>;
  /** Asks it to stop and waits until it has. */
  halt(): Promise<void>;
  /** Starts it on what it has kept, and waits until it answers. */
  restore(): Promise<void>;
}

/** One way to get a server. It answers undefined, having said why where that is news, when this way is not open here. */
export type MysqlSource = (say: (line: string) => void) => Promise<MysqlServer | undefined>;

const STARTUP_TIMEOUT_MS = 120_000;
const RETRY_INTERVAL_MS = 100;

/** Product and version of a server, as it calls itself. */
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
 * Waits until a server that was just started answers queries.
 *
 * @param ended resolves with what is known of it, when the server ends instead
 * @throws when it has ended, or has not answered in two minutes
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
      await setTimeout(RETRY_INTERVAL_MS);
    }
  }
}
