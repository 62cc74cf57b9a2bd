import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { freePortRange } from '../network/free-ports.ts';
import { startMysqlContainer } from './docker.ts';
import type { MysqlSource } from './server.ts';

const COMPOSE_FILE = new URL('../../docker-compose.yml', import.meta.url);

/**
 * Starts the database of the stack in its container, with the stack's settings and nothing in it. It listens on this machine's
 * own network: on a published port, Docker's proxy would use processor time for each packet.
 */
export const startStackMysql: MysqlSource = async (say) => {
  const port = await freePortRange(1);
  const listen = [`--port=${port}`, '--bind-address=127.0.0.1'];
  const server = await startMysqlContainer(
    {
      port,
      options: ['--network', 'host', '--tmpfs', '/var/log/mysql:mode=1777'],
      command: [...stackMysqlCommand(readFileSync(COMPOSE_FILE, 'utf8')), ...listen],
    },
    say,
  );
  return server && { ...server, origin: `the stack's, in its container` };
};

/**
 * Returns the command line with which `docker-compose.yml` starts its database when no setting is changed.
 *
 * @param composeFile its text
 */
export function stackMysqlCommand(composeFile: string): string[] {
  const { services } = parse(composeFile) as { services: { db: { command: string[] } } };
  return [...services.db.command, '--disable-log-bin', '--performance-schema=off'];
}
