import { delay } from '../app/lib/delay.ts';
import { createRandom } from '../testkit/random.ts';
import { type AskOptions, createClient, type Heard } from './client.ts';
import type { Operation } from './history.ts';
import { drawPatienceMs } from './patience.ts';
import { createSessionUse } from './session-use.ts';
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
 * Probabilities, per request, that a client loses its cookies, asks for the count, leaves its replica with a POST, or uses its
 * session afterwards.
 */
const FORGETS = 0.01;
const COUNTS = 0.05;
const LETS_GO = 0.1;
const USES_SESSION = 0.6;
/** The schedule uses the random sequences with lower indexes. */
const FIRST_STREAM = 100;
const FIRST_SESSION_STREAM = 10_000;

/** Probability, per request, that a client looks up the name of several fronts again. */
const LOOKS_UP = 0.02;

/** Starts clients, alternating between the fronts. The seed decides what each client does between its responses. */
export function startClients({ count, fronts, seed, nowMs, record }: ClientsOptions): Clients {
  const stopping = new AbortController();
  /** The server ids that clients of each kind of front have seen. */
  const sids = new Map(fronts.map(({ kind }) => [kind, new Set<string>()]));
  let lastId = 0;

  async function live(client: number): Promise<void> {
    const { name, kind } = fronts[client % fronts.length] as StackFront;
    const usable = startingWith(
      name,
      fronts.filter((front) => front.kind === kind),
    );
    const own = createRandom(seed, FIRST_STREAM + client);
    const http = createClient({ fronts: usable, nowMs });

    function note(heard: Heard): Heard {
      record({ id: ++lastId, client, ...heard });
      if (heard.mooredTo) sids.get(kind)?.add(heard.mooredTo);
      return heard;
    }
    const ask = async (asked: Operation['asked'], options?: AskOptions) => note(await http.ask(asked, options));
    const session = createSessionUse({
      client: { ...http, ask, probe: async (...cookies) => note(await http.probe(...cookies)) },
      name: `${client}`,
      random: createRandom(seed, FIRST_SESSION_STREAM + client),
      sids: () => [...(sids.get(kind) ?? [])],
    });

    while (!stopping.signal.aborted) {
      if (own.chance(FORGETS)) http.forgetCookies();
      if (usable.length > 1 && own.chance(LOOKS_UP)) http.goTo(own.int(0, usable.length - 1));
      const asked = own.chance(COUNTS) ? 'count' : own.chance(LETS_GO) ? 'release' : 'visit';
      await ask(asked, { patienceMs: drawPatienceMs(own) });
      if (own.chance(USES_SESSION)) await session.use();
      await delay(own.int(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS), stopping.signal);
    }
    // A last visit shows whether a client that was still waiting for a response is served again, too.
    await ask('read');
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

/** Returns the fronts in their order, from the one with this name on. */
function startingWith(name: string, fronts: readonly StackFront[]): StackFront[] {
  const first = fronts.findIndex((front) => front.name === name);
  return [...fronts.slice(first), ...fronts.slice(0, first)];
}
