import { getTableName } from 'drizzle-orm';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import * as schema from '../../../drizzle/mysql-schema.ts';
import type { Log } from '../../lib/log.ts';
import { createMonotonicClock } from '../../lib/monotonic-clock.ts';
import { isConnectionError } from './errors.ts';

/**
 * The server ends a session that sends nothing for this long, and with it an open transaction and its locks. Nothing else
 * ends them when the client's network goes down without closing the connection.
 */
const WAIT_TIMEOUT_SECONDS = 5;

/** Drivers that keep idle connections close them after this time, before the server does. */
export const IDLE_TIMEOUT_MS = 3000;

/**
 * Session variables whose server-wide value may be anything. Values are literals: `default` would be the server-wide value.
 * MariaDB alone executes `/*M! … *\/`, and MySQL alone `/*!80000 … *\/` (MariaDB skips numbers from 50700 to 99999).
 */
const SESSION_VARIABLES = [
  // A statement outside a transaction commits by itself; a commit neither opens another transaction nor disconnects.
  "completion_type = 'NO_CHAIN'",
  // Retries are recognised by a unique key. With `unique_checks = 0` the server may leave that key unchecked.
  'unique_checks = 1',
  // The driver escapes with backslashes. A value that does not fit must raise an error and not be truncated.
  "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
  "time_zone = '+00:00'",
  'sql_safe_updates = 0',
  'sql_select_limit = 18446744073709551615',
  'sql_big_selects = 1',
  // Lock waits end before the store's deadline of 3 s, so that the server reports the timeout and no commit is left in
  // doubt.
  'lock_wait_timeout = 1',
  'innodb_lock_wait_timeout = 2',
  `wait_timeout = ${WAIT_TIMEOUT_SECONDS}`,
  `net_write_timeout = ${WAIT_TIMEOUT_SECONDS}`,
].join(', ');
const PER_SERVER_KIND =
  '/*!80000 , max_execution_time = 0 */ /*M! , max_statement_time = 0, idle_transaction_timeout = 2 */';

/**
 * Sets, inside the transaction, what it depends on: a pooler such as Hyperdrive may run each transaction on another
 * connection. `autocommit` is missing because setting it can commit.
 */
export const SET_WITHIN_TRANSACTION = `set session ${SESSION_VARIABLES} ${PER_SERVER_KIND}`;

const SESSION_STATEMENTS = [
  // The holder of the counter's lock must see everything committed before, whatever the session has read already.
  'set session transaction isolation level read committed, read write',
  `set names utf8mb4, session autocommit = 1, ${SESSION_VARIABLES} ${PER_SERVER_KIND}`,
];

/** Server-wide settings that a session cannot change. */
const CHECKED_VARIABLES = [
  'version',
  'log_bin',
  'binlog_format',
  'sync_binlog',
  'innodb_flush_log_at_trx_commit',
  'innodb_doublewrite',
  'max_allowed_packet',
  'debug_no_sync',
  'group_replication_consistency',
] as const;
export type ServerVariables = Partial<Record<(typeof CHECKED_VARIABLES)[number], string>>;

/** A full batch takes a quarter of this. */
const MIN_PACKET_BYTES = 1024 * 1024;
const OLDEST = { MySQL: [8, 4], MariaDB: [10, 11] } as const;
const CHECK_INTERVAL_MS = 60_000;

/** The server answers, but its settings do not allow counting visits as guaranteed. */
export class UnsuitableServerError extends Error {
  override name = 'UnsuitableServerError';
}

/**
 * Problems of a server: with `refusals` visits cannot be counted, with `warnings` they can be lost when the server crashes.
 */
export interface ServerVerdict {
  refusals: string[];
  warnings: string[];
}

/** Checks a server's settings and the engines of our tables. */
export function judgeServer(variables: ServerVariables, engines: Record<string, string>): ServerVerdict {
  const { version = '', log_bin, binlog_format, max_allowed_packet } = variables;
  const isLogged = log_bin === 'ON' || log_bin === '1';
  const refusals: string[] = [];
  const warnings: string[] = [];
  if (isLogged && binlog_format === 'STATEMENT') {
    refusals.push('binlog_format: expected ROW or MIXED, got STATEMENT, which makes InnoDB reject every visit');
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
  if (variables.group_replication_consistency === 'EVENTUAL') {
    warnings.push(
      'group_replication_consistency: expected BEFORE_ON_PRIMARY_FAILOVER, got EVENTUAL: after a failover visits that were answered can be missing for a while',
    );
  }
  const kind = version.includes('MariaDB') ? 'MariaDB' : 'MySQL';
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [oldestMajor, oldestMinor] = OLDEST[kind];
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    warnings.push(`version: expected ${kind} ${oldestMajor}.${oldestMinor} or newer, got ${version}`);
  }
  return { refusals, warnings };
}

/** Compares a setting. MySQL writes `ON` where MariaDB writes `1` or the name of an equivalent mode. */
function isSame(got: string, expected: string): boolean {
  if (expected === 'ON') return got !== 'OFF' && got !== '0';
  if (expected === 'OFF') return got === 'OFF' || got === '0';
  return got === expected;
}

/** Sets up new connections and checks their server. */
export interface ServerRequirements {
  /**
   * Sets all session variables, and checks the server's own settings: on the first connection, then at most once a minute,
   * because after a failover another server may answer. Each warning is logged once.
   *
   * @returns whether the connection accepts several statements in one packet
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
  const { log, monotonicMs = createMonotonicClock() } = options;
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
    // Hyperdrive accepts one statement at a time. If the packet failed for any other reason, a single statement fails, too.
    for (const statement of SESSION_STATEMENTS) await connection.query(statement);
    return false;
  }
}

async function readVariables(connection: Connection): Promise<ServerVariables> {
  // Not `select @@…`: that fails on servers that lack one of the variables.
  const names = CHECKED_VARIABLES.map((name) => `'${name}'`).join(', ');
  const [rows] = await connection.query<RowDataPacket[]>(`show global variables where variable_name in (${names})`);
  return Object.fromEntries(rows.map((row) => [row.Variable_name, row.Value]));
}

/** Returns the engine of each of our tables; nothing before the migrations ran. */
async function readEngines(connection: Connection): Promise<Record<string, string>> {
  const names = Object.values(schema).map((table) => `'${getTableName(table)}'`);
  const [rows] = await connection.query<RowDataPacket[]>(
    `select table_name as name, engine as engine from information_schema.tables
     where table_schema = database() and table_name in (${names.join(', ')})`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.engine]));
}
