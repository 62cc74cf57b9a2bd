import { createHttpClient } from './http-client.ts';
import type { Answer } from './send.ts';

/** A response, as a client that visits sees it. */
export interface VisitAnswer extends Pick<Answer, 'status' | 'headers'> {
  body: string;
  /** `ip:port` of the replica that answered. */
  server: string | undefined;
  /** The visit's number, if the response has one. */
  visit: number | undefined;
}

/** A client that visits, with a cookie jar and one persistent connection. */
export interface Visitor {
  /** @throws the connection's error, when the whole response did not arrive */
  visit(path?: string): Promise<VisitAnswer>;
  forgetCookies(): void;
  close(): void;
}

export function createVisitor(url: string): Visitor {
  const { send, cookies, close } = createHttpClient(url);
  return {
    async visit(path = '/') {
      const { status, headers, ...answer } = await send({ path });
      const body = answer.body.toString();
      const server = headers['x-served-by'] as string | undefined;
      const visit = status === 200 ? (JSON.parse(body) as { visit?: number }).visit : undefined;
      return { status, body, headers, server, visit };
    },
    forgetCookies: cookies.clear,
    close,
  };
}

/** What one client saw, in order. */
export interface Trail {
  answers: VisitAnswer[];
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
  isDone: (visits: number, last: VisitAnswer | undefined) => boolean,
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
