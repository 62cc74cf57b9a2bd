import { delay } from '../../app/lib/delay.ts';
import { createHttpClient } from '../http/http-client.ts';

const METHODS = ['GET', 'POST'] as const;
type Method = (typeof METHODS)[number];

/** A healthy replica's response for each method: with Mooring's app a visit is 200, a POST to the same path 405. */
const OF_MOORING: Record<Method, number> = { GET: 200, POST: 405 };

/** Pause between two requests of a client: the commands under test need the processors, too. */
const PAUSE_MS = 100;
const POLL_MS = 20;
const TIMEOUT_MS = 60_000;

/** A request that did not get a healthy replica's response. */
export interface FailedRequest {
  method: Method;
  /** The status, or what happened to the connection. */
  got: number | string;
}

/**
 * A client whose affinity cookie has changed to another replica. Which replica answered says less: while the database
 * is down, other replicas answer with 503 and leave the client its cookie.
 */
export interface Move {
  method: Method;
  from: string;
  to: string;
}

/** What the clients saw during a step. */
export interface StepReport {
  requests: number;
  failed: FailedRequest[];
  moved: Move[];
}

/**
 * Clients that send requests all the time, half of them GET and half POST. Each has its own cookies and its own
 * connection.
 */
export interface Traffic {
  /** Runs `step`. Reports the requests from its start until each client has had a response after its end. */
  during(step: () => Promise<unknown>): Promise<StepReport>;
  /** Returns the replicas that currently have clients. */
  servers(): string[];
  stop(): Promise<void>;
}

function createClient(url: string, method: Method) {
  const client = createHttpClient(url);
  const content = method === 'POST' ? { body: 'a=1' } : {};

  async function send() {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { status, headers } = await client.send({ method, ...content, signal }).catch((error: unknown) => {
      throw signal.aborted ? new Error(`no response within ${TIMEOUT_MS} ms`) : error;
    });
    // The server id in the client's cookie.
    const sid = client.cookies.get('srv_id') ?? '';
    return { status, sid, server: headers['x-served-by'] as string | undefined };
  }

  return { send, close: client.close };
}

/**
 * Starts clients that send requests until they are stopped.
 *
 * @param clients number of clients that send GET, and of clients that send POST
 * @param expectedStatus any other status did not come from a healthy replica
 */
export async function startTraffic(url: string, clients: number, expectedStatus = OF_MOORING): Promise<Traffic> {
  let isStopped = false;
  let report: StepReport = { requests: 0, failed: [], moved: [] };
  const all = METHODS.flatMap((method) =>
    Array.from({ length: clients }, () => ({ method, ...createClient(url, method), answers: 0, server: '', sid: '' })),
  );

  async function run(client: (typeof all)[number]): Promise<void> {
    const { method } = client;
    while (!isStopped) {
      const seen = report;
      const got = await client.send().catch((error: NodeJS.ErrnoException) => error);
      // A request that was in flight when a step began counts for both steps.
      for (const each of new Set([seen, report])) {
        each.requests++;
        if (got instanceof Error) each.failed.push({ method, got: got.code ?? got.message });
        else if (got.status !== expectedStatus[method]) each.failed.push({ method, got: got.status });
      }
      if (!(got instanceof Error)) {
        if (client.sid && got.sid !== client.sid) report.moved.push({ method, from: client.sid, to: got.sid });
        client.sid = got.sid;
        client.server = got.server ?? client.server;
      }
      client.answers++;
      await delay(PAUSE_MS);
    }
    client.close();
  }

  const running = all.map(run);

  /** Waits until each client has had two responses: the second request was certainly sent after this call. */
  async function untilAllAnswered(): Promise<void> {
    const before = all.map(({ answers }) => answers);
    while (all.some(({ answers }, index) => answers < (before[index] as number) + 2)) await delay(POLL_MS);
  }

  await untilAllAnswered();
  return {
    async during(step) {
      report = { requests: 0, failed: [], moved: [] };
      const seen = report;
      await step();
      await untilAllAnswered();
      return seen;
    },
    servers: () => [...new Set(all.map(({ server }) => server))].sort(),
    async stop() {
      isStopped = true;
      await Promise.all(running);
    },
  };
}
