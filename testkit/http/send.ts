import { once } from 'node:events';
import { type Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

export interface RequestOptions {
  method?: string;
  /** Sent as it is. By default the path of the URL. */
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** By default a request has a connection of its own. */
  agent?: Agent;
  /** The client disconnects when this aborts. */
  signal?: AbortSignal;
}

/** A response with its unmodified headers. `fetch` would hide some of them and follow redirects. */
export interface Answer {
  status: number;
  reason: string;
  headers: IncomingHttpHeaders;
  /** The `Set-Cookie` lines, in their order. */
  setCookies: string[];
  body: Buffer;
  /** False when the connection broke off within the body. */
  isComplete: boolean;
}

/**
 * Starts a request and leaves its body open. A test can send the body piece by piece, watch the response arrive in
 * pieces, or disconnect during either. The end of the connection is no error.
 */
export function openRequest(url: string, options: Omit<RequestOptions, 'body'>): ClientRequest {
  return request(url, { agent: false, ...options }).on('error', () => {});
}

/**
 * Sends a request and reads the whole response, or as much as arrives.
 *
 * @throws the connection's error when no response arrives
 */
export async function send(url: string, { body, ...options }: RequestOptions = {}): Promise<Answer> {
  return read(await responseTo(openRequest(url, options).end(body)));
}

/** Waits for the headers of a response. */
export async function responseTo(sent: ClientRequest): Promise<IncomingMessage> {
  const [response] = await once(sent, 'response');
  return response;
}

/** Reads a response to its end, or to the point where it breaks off. */
export async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
  }
  return {
    status: response.statusCode as number,
    reason: response.statusMessage as string,
    headers: response.headers,
    setCookies: response.headers['set-cookie'] ?? [],
    body: Buffer.concat(chunks),
    isComplete: response.complete,
  };
}
