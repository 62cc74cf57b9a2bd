import { connect } from 'node:net';

export interface PortOptions {
  /** Loopback by default. */
  host?: string;
  /** How long a connection may take, in milliseconds. */
  timeoutMs?: number;
}

/** Whether a process listens on this port. */
export function isPortOpen(port: number, { host = '127.0.0.1', timeoutMs = 2000 }: PortOptions = {}): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.on('connect', () => end(true));
    socket.on('timeout', () => end(false));
    socket.on('error', () => end(false));
  });
}
