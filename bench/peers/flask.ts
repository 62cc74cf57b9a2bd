import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { serverId } from '../../app/affinity/server-id.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import type { PeerReplica, RunningPeer } from './peer.ts';
import { createFolder, type Program, startProgram } from './program.ts';
import { findPython } from './python.ts';

/** `tuned` is what an expert would write, `naive` what small projects usually do. */
export type FlaskKind = 'tuned' | 'naive';

export interface FlaskOptions {
  kind: FlaskKind;
  /** `mysql://user:password@host:port/name`, a migrated database of its own. */
  databaseUrl: string;
  /** Number of replicas. */
  count: number;
}

/** Replicas without a balancer. */
export interface RunningFlask extends Omit<RunningPeer, 'url'> {
  replicas: readonly PeerReplica[];
}

const FOLDER = fileURLToPath(new URL('flask', import.meta.url));
const HOST = '127.0.0.1';

const MODULES: Record<FlaskKind, Record<string, string>> = {
  tuned: { flask: 'python3-flask', gunicorn: 'gunicorn', MySQLdb: 'python3-mysqldb' },
  naive: { flask: 'python3-flask', pymysql: 'python3-pymysql' },
};

/**
 * Starts replicas of a Flask app that counts visits in the same tables.
 *
 * @throws {MissingPeerError} when Flask or one of its packages is not installed
 */
export async function startFlask({ kind, databaseUrl, count }: FlaskOptions): Promise<RunningFlask> {
  const python = await findPython(MODULES[kind]);
  if (kind === 'naive') await numberRowsByThemselves(databaseUrl);
  const firstPort = await freePortRange(count);
  const ports = Array.from({ length: count }, (_, index) => firstPort + index);
  const workers = Math.ceil(availableParallelism() / count);
  const starts = await Promise.allSettled(
    ports.map(async (port) => {
      const env = { SERVER_IP: HOST, PORT: `${port}`, DATABASE_URL: databaseUrl, PYTHONDONTWRITEBYTECODE: '1' };
      const folder = await createFolder();
      const args = argumentsOf({ kind, port, workers });
      return startProgram({ program: python, args, env, port, readyPath: '/showcount', folder });
    }),
  );
  const programs = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const close = () => closeAll(programs);
  const failure = starts.find((start) => start.status === 'rejected');
  if (failure) {
    await close();
    throw failure.reason;
  }
  const addresses = ports.map((port) => `${HOST}:${port}`);
  return {
    replicas: addresses.map((address) => ({ address, sid: serverId(address) })),
    pids: () => programs.flatMap((program) => program.pids()),
    close,
  };
}

/**
 * Returns the arguments of Python.
 *
 * With 64 connections and three replicas, gunicorn's thread workers were the fastest: sync workers open a connection
 * for each request, and gevent does not work with the driver in C. One worker for each replica is enough to keep all
 * processors busy, unless there are more processors than replicas. Keep-alive is longer than Nginx keeps an idle
 * connection.
 */
export function argumentsOf({ kind, port, workers }: { kind: FlaskKind; port: number; workers: number }): string[] {
  if (kind === 'naive') return [`${FOLDER}/naive.py`];
  return [
    ...['-m', 'gunicorn', '--chdir', FOLDER, '--bind', `${HOST}:${port}`],
    ...['--worker-class', 'gthread', '--workers', `${workers}`, '--threads', '16'],
    ...['--keep-alive', '75', '--graceful-timeout', '2'],
    'tuned:app',
  ];
}

/**
 * Lets the database number the rows of the log, as it does in such projects. The number after an increment could not be
 * a key there, because two visits that read the same count would have the same number.
 */
async function numberRowsByThemselves(databaseUrl: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: databaseUrl });
  try {
    await connection.query('alter table access_log modify number bigint unsigned not null auto_increment');
  } finally {
    await connection.end();
  }
}

async function closeAll(programs: readonly Program[]): Promise<void> {
  await Promise.all(programs.map((program) => program.close()));
}
