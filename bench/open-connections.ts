import { connect, type Socket } from 'node:net';

export interface OpenConnectionsOptions {
  url: string;
  /** How many connections at most. */
  limit: number;
  onAnswer(status: number, dueAtMs: number): void;
  /** A connection broke with a request on it. */
  onBroken(): void;
  /** A request was sent for which there was a connection. */
  onSent(dueAtMs: number): void;
}

/** Connections to one server, as many as it takes for each request to have one of its own until it is answered. */
export interface OpenConnections {
  /** Sends a request, or keeps it until a connection is free. */
  send(request: string, dueAtMs: number): void;
  /** How many requests have no answer so far. */
  unanswered(): number;
  close(): void;
}

interface Due {
  request: string;
  dueAtMs: number;
}

/** Opens connections when they are needed, and keeps them until the server wants them closed. */
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

  /** The one that was used last, as pools of connections do: the others grow old and are closed. */
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

/** An answer that is there as a whole: its status, and whether the server closes the connection after it. */
export function wholeAnswer(text: string): { status: number; isLast: boolean } | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const isWhole = length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= headEnd + 4 + Number(length);
  if (!isWhole) return undefined;
  return { status: Number(text.slice(9, 12)), isLast: /\r\nconnection: *close/i.test(head) };
}
