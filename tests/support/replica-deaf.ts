import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { serverId } from '../../origin/server-id.ts';
import { freePortRange } from './free-ports.ts';

/** Longer than a connection over loopback takes, by far. */
const CONNECTS_WITHIN_MS = 500;

const LISTENER = `
  const server = require('node:net').createServer();
  server.listen({ port: Number(process.argv[1]), host: '127.0.0.1', backlog: 1 }, () => process.send('listening'));
`;

/**
 * Starts a replica that neither takes nor refuses connections, for the test that is running: a stopped process whose
 * queue of connections is full.
 */
export async function createDeafReplica(name: string) {
  const port = await freePortRange(1);
  const listener = spawn(process.execPath, ['--eval', LISTENER, `${port}`], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const queued: Socket[] = [];
  onTestFinished(() => {
    listener.kill('SIGKILL');
    for (const socket of queued) socket.destroy();
  });
  await once(listener, 'message');
  listener.kill('SIGSTOP');
  let isQueueFull = false;
  while (!isQueueFull) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    queued.push(socket);
    isQueueFull = await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECTS_WITHIN_MS) }).then(
      () => false,
      () => true,
    );
  }
  const address = `127.0.0.1:${port}`;
  return { name, url: `http://${address}`, sid: serverId(address) };
}
