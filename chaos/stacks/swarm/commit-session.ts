import { spawn } from 'node:child_process';
import { untilAborted } from '../../../app/lib/until-aborted.ts';
import { readLines } from '../../../cli/read-lines.ts';
import { MYSQL_AS_ROOT } from '../../../testkit/docker/stack.ts';

/** A session at a database server. */
export interface CommitSession {
  /** Commits a row. @returns false when the session has ended, or the server has not answered for a long time */
  commit(): Promise<boolean>;
  close(): void;
}

const ANSWERS_WITHIN_MS = 10_000;
/** Apart from the app's database, which the run examines. */
const PREPARE =
  'create database if not exists chaos; create table if not exists chaos.probe (id int primary key, at int);';

/** Opens a session as root, which stays open: starting a client for each commit would take too much of the processors. */
export function openCommitSession(host: string, container: string): CommitSession {
  const args = ['--host', host, 'exec', '--interactive', container, 'sh', '-c', `${MYSQL_AS_ROOT} --unbuffered`];
  const client = spawn('docker', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  let answered = () => {};
  const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
  let isOpen = true;
  void ended.then(() => {
    isOpen = false;
  });
  // A write to a client that has just ended.
  client.stdin.on('error', () => {});
  readLines(client.stdout, () => answered());
  client.stdin.write(`${PREPARE}\n`);
  let count = 0;

  return {
    async commit() {
      if (!isOpen) return false;
      const answer = new Promise<void>((resolve) => {
        answered = resolve;
      });
      client.stdin.write(`replace into chaos.probe values (1, ${++count}); select ${count};\n`);
      await untilAborted(Promise.race([answer, ended]), AbortSignal.timeout(ANSWERS_WITHIN_MS));
      return isOpen;
    },
    close: () => void client.kill(),
  };
}
