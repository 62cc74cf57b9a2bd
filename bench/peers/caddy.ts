import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { findProgram } from '../../testkit/processes/command.ts';
import { caddyConfig } from './caddy-config.ts';
import { MissingPeerError, type PeerReplica, type RunningPeer } from './peer.ts';
import { createFolder, startProgram } from './program.ts';

/**
 * Starts Caddy in front of replicas, on a free loopback port.
 *
 * @throws {MissingPeerError} when it is not installed
 */
export async function startCaddy({ replicas }: { replicas: readonly PeerReplica[] }): Promise<RunningPeer> {
  const program = await findProgram('caddy');
  if (program === undefined) throw new MissingPeerError('caddy', ['caddy']);
  const folder = await createFolder();
  const port = await freePortRange(1);
  const file = join(folder, 'Caddyfile');
  await writeFile(file, caddyConfig({ port, replicas, folder }));
  const args = ['run', '--config', file, '--adapter', 'caddyfile'];
  const running = await startProgram({ program, args, env: { HOME: folder }, port, folder });
  return { url: `http://127.0.0.1:${port}`, ...running };
}
