import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { delay } from '../app/lib/delay.ts';
import { ListenError } from '../cli/run-main.ts';
import type { LogEntry } from './log-entry.ts';
import { parseDatagram } from './parse-datagram.ts';

/** Receives the log lines of the balancers by syslog over UDP. What is no such line is ignored. */
export interface LogReceiver {
  /** @throws {ListenError} when the port is taken or the address is not one of this machine's */
  listen(port: number, host: string): Promise<void>;
  /** Resolves when Nginx has sent no line for `quietMs`, after `timeoutMs` at most. The edge sends lines as long as it has some. */
  quiet(quietMs: number, timeoutMs: number): Promise<void>;
  close(): void;
}

/** Lines wait here while a page is rendered. The kernel gives less where `net.core.rmem_max` is lower. */
const BUFFER_BYTES = 4 * 1024 * 1024;

export interface LogReceiverOptions {
  /** A clock that never goes back, in milliseconds. */
  monotonicMs?: () => number;
  pause?: (ms: number) => Promise<void>;
}

export function createLogReceiver(
  onEntry: (entry: LogEntry) => void,
  { monotonicMs = () => performance.now(), pause = delay }: LogReceiverOptions = {},
): LogReceiver {
  let close = () => {};
  let lastFromNginxMs = Number.NEGATIVE_INFINITY;

  return {
    async listen(port, host) {
      const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: BUFFER_BYTES });
      try {
        socket.bind(port, host);
        await once(socket, 'listening');
      } catch (error) {
        throw new ListenError((error as Error).message, { cause: error });
      }
      socket.on('message', (datagram) => {
        const entry = parseDatagram(datagram);
        if (entry?.sender === 'nginx') lastFromNginxMs = monotonicMs();
        if (entry) onEntry(entry);
      });
      close = () => socket.close();
    },
    async quiet(quietMs, timeoutMs) {
      const startedAtMs = monotonicMs();
      const untilQuietMs = () => Math.max(lastFromNginxMs, startedAtMs) + quietMs;
      const untilMs = () => Math.min(untilQuietMs(), startedAtMs + timeoutMs) - monotonicMs();
      while (untilMs() > 0) await pause(untilMs());
    },
    close: () => close(),
  };
}
