import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { NOSNIFF } from '../app/http/nosniff.ts';

/** How long a rejected client may continue to send. What it sends is discarded. */
const LINGER_MS = 1000;

/** The statuses that Node itself uses for these errors. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Answers malformed requests and CONNECT with a complete response, after the responses still pending on that connection. By
 * default Node answers and closes the connection at once. The pending responses are then lost, and Node's own answer can be lost
 * while the client is still sending. Node does not answer at all after an upgrade that nobody handled. In all of these cases a
 * balancer would count the replica as failed.
 */
export function answerClientErrors(server: Server): void {
  const answering = new WeakMap<Socket, Set<ServerResponse>>();
  const refused = new WeakSet<Socket>();

  server.prependListener('request', (request: IncomingMessage, response) => {
    const { socket } = request;
    // After an upgrade request, Node's parser reports no more errors on the connection: a malformed request would hang for
    // ever.
    if (isUpgrade(request)) response.shouldKeepAlive = false;
    const responses = answering.get(socket) ?? new Set();
    answering.set(socket, responses.add(response));
    response.on('close', () => responses.delete(response));
  });

  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    if (refused.has(socket)) return;
    refused.add(socket);
    void refuse(socket, STATUSES[error.code ?? ''] ?? 400, error.code === 'ECONNRESET');
  });

  server.on('connect', (_request, stream) => {
    // After CONNECT the HTTP server no longer reads this socket or handles its errors, so do it here.
    const socket = (stream as Socket).on('error', () => {}).resume();
    void refuse(socket, 405, false);
  });

  async function refuse(socket: Socket, status: number, isGone: boolean): Promise<void> {
    // First finish the responses to the earlier requests on this connection.
    await Promise.all([...(answering.get(socket) ?? [])].map((response) => once(response, 'close')));
    if (isGone || !socket.writable) {
      socket.destroy();
      return;
    }
    const allow = status === 405 ? 'Allow: GET, HEAD, POST\r\n' : '';
    const headers = `${allow}${NOSNIFF.join(': ')}\r\nConnection: close\r\nContent-Length: 0\r\n`;
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers}\r\n`);
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  }
}

/** Whether a request asks for another protocol. One with a body does not count: its connection cannot be closed at once. */
function isUpgrade({ headers }: IncomingMessage): boolean {
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return headers.upgrade !== undefined && /\bupgrade\b/i.test(headers.connection ?? '') && !hasBody;
}

/**
 * Sends `100 Continue`, except for a pipelined request whose predecessor is still being answered: Node would write it into
 * the middle of that answer. The client then sends its body after a while without `100 Continue`.
 */
export function continueInTurn(server: Server): void {
  server.on('checkContinue', (request, response: ServerResponse) => {
    const isItsTurn = response.socket !== null;
    if (isItsTurn) response.writeContinue();
    server.emit('request', request, response);
  });
}
