import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { serverId } from '../../app/affinity/server-id.ts';
import { freePortRange } from '../network/free-ports.ts';

/** Much longer than a connection over loopback takes. */
const CONNECTS_WITHIN_MS = 500;

const LISTENER = `
  const server = require('node:net').createServer();
  server.listen({ port: Number(process.argv[1]), host: process.argv[2], backlog: 1 }, () => process.send('listening'));
`;

export interface DeafReplicaOptions {
  host?: string;
  /** Any free port by default. */
  port?: number;
}

/**
 * Starts a replica that neither accepts nor refuses connections, for the current test: a stopped process with a full
 * accept queue.
 */
export async function createDeafReplica(name: string, { host = '127.0.0.1', port }: DeafReplicaOptions = {}) {
  port ??= await freePortRange(1);
  const listener = spawn(process.execPath, ['--eval', LISTENER, `${port}`, host], {
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
    const socket = connect(port, host).on('error', () => {});
    queued.push(socket);
    isQueueFull = await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECTS_WITHIN_MS) }).then(
      () => false,
      () => socket.destroy() === socket,
    );
  }
  const address = `${host}:${port}`;
  return {
    name,
    url: `http://${address}`,
    sid: serverId(address),
    /** Resolves as soon as a client waits for a connection to it. */
    untilDialled: () => expect.poll(() => isDialled(host, port), { timeout: 10_000 }).toBe(true),
  };
}

/**
 * Whether a SYN to that address is unanswered: `SYN_SENT` in /proc/net/tcp, which writes addresses in the machine's
 * byte order.
 */
async function isDialled(host: string, port: number): Promise<boolean> {
  const octets = Buffer.from(host.split('.').map(Number)).reverse();
  const remote = `${octets.toString('hex')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
  return (await readFile('/proc/net/tcp', 'latin1')).includes(` ${remote} 02 `);
}
