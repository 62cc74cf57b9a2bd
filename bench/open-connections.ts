import { connect, type Socket } from 'node:net';

export interface OpenConnectionsOptions {
  url: string;
  /** Maximum number of connections. */
  limit: number;
  onAnswer(status: number, dueAtMs: number): void;
  /** A connection broke with a request in flight. */
  onBroken(): void;
  /** A request was sent without waiting for a connection. */
  onSent(dueAtMs: number): void;
}

/** Connections to one server. Each request in flight has a connection of its own. */
export interface OpenConnections {
  /** Sends a request, or queues it until a connection is free. */
  send(request: string, dueAtMs: number): void;
  /** Returns the number of requests without a response so far. */
  unanswered(): number;
  close(): void;
}

interface Due {
  request: string;
  dueAtMs: number;
}

/**
 * Opens connections on demand and keeps them until the server closes them. It writes prepared bytes and reads no more than a
 * response's head and length: an HTTP client would take more of the processors, which the measured programs use, too, and hide
 * how long a request waited for a connection.
 */
export function createOpenConnections(options: OpenConnectionsOptions): OpenConnections {
  const { limit, onAnswer, onBroken, onSent } = options;
  const { hostname, port } = new URL(options.url);
  const all = new Set<Socket>();
  const idle: Socket[] = [];
  const busy = new Map<Socket, Due>();
  const queue: Due[] = [];

  function open(): Socket {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (data: string) => {
      text = text === '' ? data : text + data;
      const answer = wholeAnswer(text);
      if (!answer) return;
      text = '';
      const due = busy.get(socket);
      busy.delete(socket);
      if (due) onAnswer(answer.status, due.dueAtMs);
      // Drop the connection after an unsolicited response, so that it is not taken for the answer to the next request.
      if (answer.isLast || !due) socket.destroy();
      else idle.push(socket);
      sendWaiting();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      all.delete(socket);
      if (busy.delete(socket)) onBroken();
      sendWaiting();
    });
    all.add(socket);
    return socket;
  }

  /** Returns the connection used last, as connection pools do, so that unused ones age and are closed. */
  function free(): Socket | undefined {
    for (let socket = idle.pop(); socket; socket = idle.pop()) if (all.has(socket)) return socket;
    return all.size < limit ? open() : undefined;
  }

  function sendWaiting(): void {
    const socket = queue.length > 0 ? free() : undefined;
    if (socket) sendOn(socket, queue.shift() as Due);
  }

  function sendOn(socket: Socket, due: Due): void {
    busy.set(socket, due);
    socket.write(due.request, 'latin1');
  }

  return {
    send(request, dueAtMs) {
      const socket = queue.length === 0 ? free() : undefined;
      if (!socket) {
        queue.push({ request, dueAtMs });
        return;
      }
      sendOn(socket, { request, dueAtMs });
      onSent(dueAtMs);
    },
    unanswered: () => busy.size + queue.length,
    close() {
      busy.clear();
      queue.length = 0;
      for (const socket of all) socket.destroy();
    },
  };
}

/**
 * Parses a complete response: its status, and whether the server closes the connection after it. Undefined while it is
 * incomplete.
 */
export function wholeAnswer(text: string): { status: number; isLast: boolean } | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const isWhole = length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= headEnd + 4 + Number(length);
  if (!isWhole) return undefined;
  return { status: Number(text.slice(9, 12)), isLast: /\r\nconnection: *close/i.test(head) };
}
