import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** What a replica does with a request. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, replica: { name: string }) => void;

/** Nginx collects small pieces of a response unless this header tells it not to. */
export const UNBUFFERED = { 'X-Accel-Buffering': 'no' };

/** Reads the whole request, then responds. The default body is the replica's name. */
export function answers(status: number, headers: OutgoingHttpHeaders = {}, body?: string | Buffer): Behaviour {
  return afterBody((_request, response, { name }) => answer(response, status, headers, body ?? name));
}

/** Reads the whole request, then closes the connection without a response. */
export function drops(): Behaviour {
  return afterBody((request) => request.socket.destroy());
}

/** Closes the connection after the request headers, without reading the body. */
export function dropsAtOnce(): Behaviour {
  return (request) => request.socket.destroy();
}

/** Never responds. */
export function hangs(): Behaviour {
  return () => {};
}

/** Sends the response headers and a part of the body, then nothing more. */
export function answersInPart(headers: OutgoingHttpHeaders = {}): Behaviour {
  return afterBody((_request, response) => response.writeHead(200, { ...UNBUFFERED, ...headers }).write('a part'));
}

/** Sends the response headers and a part of the body, then closes the connection. */
export function breaksOff(): Behaviour {
  return afterBody((request, response) => {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('a part', () => request.socket.end());
  });
}

/** Sends half of the response headers, then closes the connection. */
export function breaksOffInHeaders(): Behaviour {
  return afterBody((request) => request.socket.end('HTTP/1.1 200 OK\r\nContent-Le'));
}

/** Holds every response back until `release`; then responds at once. */
export interface HoldingBehaviour {
  behaviour: Behaviour;
  release(): void;
}

export function holds(): HoldingBehaviour {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const behaviour = afterBody(async (_request, response, { name }) => {
    await released;
    answer(response, 200, {}, name);
  });
  return { behaviour, release };
}

function afterBody(behaviour: Behaviour): Behaviour {
  return (request: IncomingMessage, response: ServerResponse, replica) => {
    request.on('end', () => behaviour(request, response, replica));
    request.resume();
  };
}

function answer(response: ServerResponse, status: number, headers: OutgoingHttpHeaders, body: string | Buffer): void {
  const hasBody = status !== 204 && status !== 304;
  if (hasBody) response.setHeader('Content-Length', Buffer.byteLength(body));
  response.writeHead(status, headers).end(hasBody ? body : undefined);
}
