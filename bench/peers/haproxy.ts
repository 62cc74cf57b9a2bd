import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePortRange } from '../../testkit/network/free-ports.ts';
import { findProgram } from '../../testkit/processes/command.ts';
import { haproxyConfig } from './haproxy-config.ts';
import { MissingPeerError, type PeerReplica, type RunningPeer } from './peer.ts';
import { createFolder, startProgram } from './program.ts';

/**
 * Starts HAProxy in front of replicas, on a free loopback port.
 *
 * @throws {MissingPeerError} when it is not installed
 */
export async function startHaproxy({ replicas }: { replicas: readonly PeerReplica[] }): Promise<RunningPeer> {
  const program = await findProgram('haproxy');
  if (program === undefined) throw new MissingPeerError('haproxy', ['haproxy']);
  const folder = await createFolder();
  const port = await freePortRange(1);
  const file = join(folder, 'haproxy.cfg');
  await writeFile(file, haproxyConfig({ port, replicas }));
  // In the foreground and without a master, so that only the working process is measured.
  const running = await startProgram({ program, args: ['-db', '-f', file], port, folder });
  return { url: `http://127.0.0.1:${port}`, ...running };
}
