import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Log } from '../../lib/log.ts';
import { isConnectionError } from './errors.ts';

/**
 * The server ends a session that sends nothing for this long, and with it a transaction that was left open and its locks: the
 * only end there is when the client's network goes down without a word.
 */
const WAIT_TIMEOUT_SECONDS = 5;

/** A driver that keeps connections closes them before the server does. */
export const IDLE_TIMEOUT_MS = 3000;

/**
 * Session variables whose server-wide value may be anything. Values are literals: `default` would be the server-wide value.
 * `/*M! … *\/` is executed by MariaDB alone, and `/*!80000 … *\/` by MySQL alone (MariaDB skips numbers from 50700 to 99999).
 */
const SESSION_VARIABLES = [
  // Statements outside a transaction commit by themselves, and a commit neither opens another transaction nor disconnects.
  "completion_type = 'NO_CHAIN'",
  // A retry is recognised by a unique key, which the server may leave unchecked without this.
  'unique_checks = 1',
  // The driver escapes with backslashes; a value that does not fit is an error, not a shorter value.
  "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
  "time_zone = '+00:00'",
  'sql_safe_updates = 0',
  'sql_select_limit = 18446744073709551615',
  'sql_big_selects = 1',
  // Waits end before the store's deadline of 3 s, so that the server's answer and not the deadline decides.
  'lock_wait_timeout = 1',
  'innodb_lock_wait_timeout = 2',
  `wait_timeout = ${WAIT_TIMEOUT_SECONDS}`,
  `net_write_timeout = ${WAIT_TIMEOUT_SECONDS}`,
].join(', ');
const PER_SERVER_KIND =
  '/*!80000 , max_execution_time = 0 */ /*M! , max_statement_time = 0, idle_transaction_timeout = 2 */';

/**
 * Sets what a transaction depends on from inside of it: a pooler such as Hyperdrive may give each transaction another
 * connection. `autocommit` is missing, because setting it can commit.
 */
export const SET_WITHIN_TRANSACTION = `set session ${SESSION_VARIABLES} ${PER_SERVER_KIND}`;

const SESSION_STATEMENTS = [
  // The holder of the counter's lock sees what was committed before, whatever the session read until then.
  'set session transaction isolation level read committed, read write',
  `set names utf8mb4, session autocommit = 1, ${SESSION_VARIABLES} ${PER_SERVER_KIND}`,
];

/** Server-wide settings that no session can change, and the table's engine. */
const CHECKED_VARIABLES = [
  'version',
  'log_bin',
  'binlog_format',
  'sync_binlog',
  'innodb_flush_log_at_trx_commit',
  'innodb_doublewrite',
  'max_allowed_packet',
  'debug_no_sync',
] as const;
export type ServerVariables = Partial<Record<(typeof CHECKED_VARIABLES)[number], string>>;

/** A full batch is a quarter of this. */
const MIN_PACKET_BYTES = 1024 * 1024;
const OLDEST = { MySQL: [8, 4], MariaDB: [10, 11] } as const;
const CHECK_INTERVAL_MS = 60_000;

/** The server answers, but is set up so that visits cannot be counted as promised. */
export class UnsuitableServerError extends Error {
  override name = 'UnsuitableServerError';
}

/** What is wrong with a server: visits cannot be counted on it (`refusals`), or can be lost when it crashes (`warnings`). */
export interface ServerVerdict {
  refusals: string[];
  warnings: string[];
}

/** Judges a server by its settings and by the engines of our tables. */
export function judgeServer(variables: ServerVariables, engines: Record<string, string>): ServerVerdict {
  const { version = '', log_bin, binlog_format, max_allowed_packet } = variables;
  const isLogged = log_bin === 'ON' || log_bin === '1';
  const refusals: string[] = [];
  const warnings: string[] = [];
  if (isLogged && binlog_format === 'STATEMENT') {
    refusals.push('binlog_format: expected ROW or MIXED, got STATEMENT, with which InnoDB refuses every visit');
  }
  if (Number(max_allowed_packet) < MIN_PACKET_BYTES) {
    refusals.push(`max_allowed_packet: expected at least ${MIN_PACKET_BYTES}, got ${max_allowed_packet}`);
  }
  for (const [table, engine] of Object.entries(engines)) {
    if (engine !== 'InnoDB') {
      refusals.push(`table ${table}: expected ENGINE=InnoDB, got ${engine}, which has no transactions`);
    }
  }

  const durability: [keyof ServerVariables, string, boolean][] = [
    ['innodb_flush_log_at_trx_commit', '1', true],
    ['sync_binlog', '1', isLogged],
    ['innodb_doublewrite', 'ON', true],
    ['debug_no_sync', 'OFF', true],
  ];
  for (const [name, expected, matters] of durability) {
    const got = variables[name];
    if (matters && got !== undefined && !isSame(got, expected)) {
      warnings.push(`${name}: expected ${expected}, got ${got}: visits that were answered can be lost when it crashes`);
    }
  }
  const kind = version.includes('MariaDB') ? 'MariaDB' : 'MySQL';
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [oldestMajor, oldestMinor] = OLDEST[kind];
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    warnings.push(`version: expected ${kind} ${oldestMajor}.${oldestMinor} or newer, got ${version}`);
  }
  return { refusals, warnings };
}

/** MySQL writes `ON` where MariaDB writes `1`, or the name of a mode that is as good. */
function isSame(got: string, expected: string): boolean {
  if (expected === 'ON') return got !== 'OFF' && got !== '0';
  if (expected === 'OFF') return got === 'OFF' || got === '0';
  return got === expected;
}

/** Makes new connections fit for use. */
export interface ServerRequirements {
  /**
   * Sets all that a session can set, and checks the rest: with the first connection, then at most once a minute, since
   * another server may answer after a failover. Warnings are logged once each.
   *
   * @returns whether the connection takes several statements in one packet
   * @throws {UnsuitableServerError} when visits cannot be counted on this server
   * @throws the driver's error when the connection never became usable
   */
  prepare(connection: Connection): Promise<boolean>;
}

export interface ServerRequirementsOptions {
  log: Log;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
}

export function createServerRequirements(options: ServerRequirementsOptions): ServerRequirements {
  const { log, monotonicMs = () => performance.now() } = options;
  let suitableUntilMs = Number.NEGATIVE_INFINITY;
  const logged = new Set<string>();

  async function check(connection: Connection): Promise<void> {
    const { refusals, warnings } = judgeServer(await readVariables(connection), await readEngines(connection));
    for (const warning of warnings) {
      if (!logged.has(warning)) log.warn({}, `database server: ${warning}`);
      logged.add(warning);
    }
    if (refusals.length > 0) throw new UnsuitableServerError(`database server: ${refusals.join('; ')}`);
    suitableUntilMs = monotonicMs() + CHECK_INTERVAL_MS;
  }

  return {
    async prepare(connection) {
      const takesSeveral = await setSession(connection);
      if (monotonicMs() >= suitableUntilMs) await check(connection);
      return takesSeveral;
    },
  };
}

async function setSession(connection: Connection): Promise<boolean> {
  try {
    await connection.query(SESSION_STATEMENTS.join('; '));
    return true;
  } catch (error) {
    if (isConnectionError(error)) throw error;
    // Hyperdrive takes one statement at a time. Any other reason to refuse the packet refuses its statements, too.
    for (const statement of SESSION_STATEMENTS) await connection.query(statement);
    return false;
  }
}

async function readVariables(connection: Connection): Promise<ServerVariables> {
  // Not `select @@…`, which fails where a server does not have one of them.
  const names = CHECKED_VARIABLES.map((name) => `'${name}'`).join(', ');
  const [rows] = await connection.query<RowDataPacket[]>(`show global variables where variable_name in (${names})`);
  return Object.fromEntries(rows.map((row) => [row.Variable_name, row.Value]));
}

/** Empty before the migrations ran. */
async function readEngines(connection: Connection): Promise<Record<string, string>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `select table_name as name, engine as engine from information_schema.tables
     where table_schema = database() and table_name in ('access_log', 'global_counter', 'replica')`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.engine]));
}
