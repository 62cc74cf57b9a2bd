import mysql from 'mysql2/promise';
import { findProgram } from '../processes/command.ts';
import type { MysqlServer } from './server.ts';
import { startPrivateServer } from './spawn.ts';

/** Two servers with the same data: `source` accepts writes, and `replica` is a read-only copy of it. */
export interface ReplicatedPair {
  source: MysqlServer;
  replica: MysqlServer;
  /** Ends the replication, and lets the former replica accept writes. It has every commit that the source has answered. */
  promote(): Promise<void>;
  stop(): void;
}

const PROGRAM = 'mariadbd';

/** Whether this machine can run a pair. */
export const hasReplicatedPair = (await findProgram(PROGRAM)) !== undefined;

const BINARY_LOG = ['--log-bin=binlog', '--binlog-format=ROW', '--sync-binlog=1'];

/** A commit is answered when the replica has it, so that none is lost when the source is killed. */
const SOURCE = [
  '--server-id=1',
  '--rpl-semi-sync-master-wait-point=AFTER_SYNC',
  '--rpl-semi-sync-master-timeout=3600000',
];
const REPLICA = ['--server-id=2', '--rpl-semi-sync-slave-enabled=ON', '--read-only=ON'];

/** Starts two private MariaDB servers. */
export async function startReplicatedPair(): Promise<ReplicatedPair> {
  const source = await start(SOURCE);
  const replica = await start(REPLICA).catch((error) => {
    source.stop();
    throw error;
  });
  const { hostname, port, username, password } = new URL(source.url);
  const login = `master_host = '${hostname}', master_port = ${port}, master_user = '${username}', master_password = '${password}'`;
  const stop = () => {
    source.stop();
    replica.stop();
  };
  try {
    await execute(replica, `change master to ${login}, master_use_gtid = slave_pos`, 'start slave');
    // Not at its start: it would wait for a replica before it creates the tests' user.
    await execute(source, 'set global rpl_semi_sync_master_enabled = on');
  } catch (error) {
    stop();
    throw error;
  }
  return {
    source,
    replica,
    async promote() {
      const [status] = await execute(replica, 'stop slave io_thread', 'show slave status');
      await execute(replica, `do master_gtid_wait('${status?.Gtid_IO_Pos}', 30)`, 'stop slave');
      await execute(replica, 'set global read_only = off');
    },
    stop,
  };
}

async function start(options: readonly string[]): Promise<MysqlServer> {
  const problems: string[] = [];
  const server = await startPrivateServer([...BINARY_LOG, ...options], (line) => problems.push(line), [PROGRAM]);
  if (server === undefined) throw new Error(problems.join('\n'));
  return server;
}

/** Runs statements with all privileges. Returns the rows of the last one. */
export async function execute({ url }: MysqlServer, ...statements: string[]): Promise<mysql.RowDataPacket[]> {
  const admin = await mysql.createConnection({ uri: url });
  try {
    let rows: mysql.RowDataPacket[] = [];
    for (const statement of statements) [rows] = await admin.query<mysql.RowDataPacket[]>(statement);
    return rows;
  } finally {
    admin.destroy();
  }
}
