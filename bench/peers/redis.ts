import { freePortRange } from '../../testkit/network/free-ports.ts';
import { findProgram } from '../../testkit/processes/command.ts';
import { MissingPeerError, type RunningPeer } from './peer.ts';
import { createFolder, startProgram } from './program.ts';

export interface RedisOptions {
  /** Whether each write is on disk before it is answered. By default Redis writes a snapshot from time to time. */
  isDurable: boolean;
}

/**
 * Starts Redis on a free loopback port.
 *
 * @throws {MissingPeerError} when it is not installed
 */
export async function startRedis({ isDurable }: RedisOptions): Promise<RunningPeer> {
  const program = await findProgram('redis-server');
  if (program === undefined) throw new MissingPeerError('redis-server', ['redis-server']);
  const folder = await createFolder();
  const port = await freePortRange(1);
  const durability = isDurable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : [];
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, ...durability];
  const running = await startProgram({ program, args, port, folder });
  return { url: `redis://127.0.0.1:${port}`, ...running };
}
