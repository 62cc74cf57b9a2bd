import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Answer {
  status: number;
  body: string;
  headers: IncomingMessage['headers'];
  /** `ip:port` of the replica that answered. */
  server: string | undefined;
  /** The visit's number, if the response has one. */
  visit: number | undefined;
}

/** A client with a cookie jar and one persistent connection. */
export interface Visitor {
  /** @throws the socket's error when no response arrived */
  visit(path?: string): Promise<Answer>;
  forgetCookies(): void;
  close(): void;
}

/** Creates a client that stores cookies as a browser does. */
export function createVisitor(baseUrl: string): Visitor {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const cookies = new Map<string, string>();

  return {
    async visit(path = '/') {
      const Cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
      const headers = { Accept: 'application/json', ...(Cookie && { Cookie }) };
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request(new URL(path, baseUrl), { agent, headers }, resolve).on('error', reject).end();
      });
      const body = await text(response);
      for (const setCookie of response.headers['set-cookie'] ?? []) {
        const [, name, value] = setCookie.match(/^([^=]+)=([^;]*)/) as unknown as [string, string, string];
        cookies.set(name, value);
      }
      const server = response.headers['x-served-by'] as string | undefined;
      const visit = response.statusCode === 200 ? (JSON.parse(body) as { visit?: number }).visit : undefined;
      return { status: response.statusCode as number, body, headers: response.headers, server, visit };
    },
    forgetCookies: () => cookies.clear(),
    close: () => agent.destroy(),
  };
}

/** What one client saw, in order. */
export interface Trail {
  answers: Answer[];
  errors: unknown[];
}

/**
 * Starts clients that visit repeatedly until `isDone` returns true. Returns one trail for each client.
 *
 * @param isDone called before each visit with the number of visits of all clients and the client's last response
 * @param options with `forgetful`, clients send no cookie
 */
export async function visitInParallel(
  baseUrl: string,
  clients: number,
  isDone: (visits: number, last: Answer | undefined) => boolean,
  options: { forgetful?: boolean } = {},
): Promise<Trail[]> {
  let visits = 0;
  const run = async (): Promise<Trail> => {
    const visitor = createVisitor(baseUrl);
    const trail: Trail = { answers: [], errors: [] };
    while (!isDone(visits, trail.answers.at(-1))) {
      visits++;
      if (options.forgetful) visitor.forgetCookies();
      await visitor.visit().then(
        (answer) => trail.answers.push(answer),
        (error: unknown) => trail.errors.push(error),
      );
    }
    visitor.close();
    return trail;
  };
  return Promise.all(Array.from({ length: clients }, run));
}

/** Returns the replicas that answered a client, in order and without repetitions in a row. */
export function serversInTurn(trail: Trail): (string | undefined)[] {
  return trail.answers.map(({ server }) => server).filter((server, index, all) => server !== all[index - 1]);
}

/** Returns all visit numbers of the responses, in ascending order. */
export function answeredNumbers(trails: Trail[]): number[] {
  const numbers = trails.flatMap(({ answers }) => answers.flatMap(({ visit }) => visit ?? []));
  return numbers.sort((a, b) => a - b);
}
