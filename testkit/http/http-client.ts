import { Agent } from 'node:http';
import { type CookieJar, createCookieJar } from './cookie-jar.ts';
import { type Answer, type RequestOptions, send } from './send.ts';

/** A client with a cookie jar and one persistent connection, as a browser has them for a server. */
export interface HttpClient {
  cookies: CookieJar;
  /**
   * Sends a request with the cookies of the jar, and stores the response's cookies.
   *
   * @throws the connection's error, when the whole response did not arrive
   */
  send(options?: Omit<RequestOptions, 'agent'>): Promise<Answer>;
  /**
   * Breaks the connection off with a reset: nothing that was sent is repeated. After `close` the kernel would repeat it until the
   * server can be reached again.
   */
  reset(): void;
  close(): void;
}

/**
 * Shorter than servers keep idle connections (workerd: 5 s). Otherwise a request could go out just when the server closes its
 * connection, and Node does not send it again, as browsers do.
 */
const IDLE_TIMEOUT_MS = 3000;

/** Creates a client. By default it asks for JSON and has no cookies yet. */
export function createHttpClient(url: string, cookies: CookieJar = createCookieJar()): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, timeout: IDLE_TIMEOUT_MS });
  return {
    cookies,
    async send({ headers, ...options } = {}) {
      const Cookie = cookies.header();
      const answer = await send(url, {
        ...options,
        agent,
        headers: { Accept: 'application/json', ...(Cookie && { Cookie }), ...headers },
      });
      if (!answer.isComplete) throw Object.assign(new Error('the response broke off'), { code: 'ECONNRESET' });
      cookies.store(answer.setCookies);
      return answer;
    },
    reset() {
      for (const socket of [...Object.values(agent.sockets), ...Object.values(agent.freeSockets)].flat()) {
        // A connection that is not made yet would be made first.
        if (socket?.connecting) socket.destroy();
        else socket?.resetAndDestroy();
      }
    },
    close: () => agent.destroy(),
  };
}
