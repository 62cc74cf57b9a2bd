import { delay } from '../app/lib/delay.ts';
import { createRandom } from '../testkit/random.ts';
import { createClient } from './client.ts';
import type { Operation } from './history.ts';
import type { StackFront } from './stacks/stack.ts';

export interface ClientsOptions {
  count: number;
  fronts: readonly StackFront[];
  seed: number;
  nowMs: () => number;
  /** Called with each operation when it has ended. */
  record: (operation: Operation) => void;
}

/** Clients that send requests repeatedly, each with its own cookies. */
export interface Clients {
  /** Stops the clients after their current operations. */
  stop(): Promise<void>;
}

const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 150;
/**
 * Probabilities, per request, that a client loses its cookies, disconnects before the response, asks for the count, or
 * leaves its replica with a POST.
 */
const FORGETS = 0.01;
const ABORTS = 0.02;
const COUNTS = 0.05;
const LETS_GO = 0.1;
const LONGEST_PATIENCE_MS = 40;
/** The schedule uses the random sequences with lower indexes. */
const FIRST_STREAM = 100;

/** Starts clients, alternating between the fronts. The seed decides what each client does between its responses. */
export function startClients({ count, fronts, seed, nowMs, record }: ClientsOptions): Clients {
  const stopping = new AbortController();
  let lastId = 0;

  async function live(client: number): Promise<void> {
    const front = fronts[client % fronts.length] as StackFront;
    const own = createRandom(seed, FIRST_STREAM + client);
    const http = createClient(front.url, nowMs);

    async function ask(asked: Operation['asked'], patienceMs?: number): Promise<void> {
      const heard = await http.ask(asked, patienceMs);
      record({ id: ++lastId, client, front: front.kind, ...heard });
    }

    while (!stopping.signal.aborted) {
      if (own.chance(FORGETS)) http.forgetCookies();
      const asked = own.chance(COUNTS) ? 'count' : own.chance(LETS_GO) ? 'release' : 'visit';
      await ask(asked, own.chance(ABORTS) ? own.int(0, LONGEST_PATIENCE_MS) : undefined);
      await delay(own.int(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS), stopping.signal);
    }
    // A last visit shows whether a client that was still waiting for a response is served again, too.
    await ask('visit');
    http.close();
  }

  const lives = Promise.all(Array.from({ length: count }, (_, client) => live(client)));
  return {
    async stop() {
      stopping.abort();
      await lives;
    },
  };
}
