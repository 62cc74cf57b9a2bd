import type { Random } from '../testkit/random.ts';
import type { Client } from './client.ts';
import { drawPatienceMs } from './patience.ts';

export interface SessionUseOptions {
  client: Pick<Client, 'ask' | 'probe' | 'session'>;
  /** The client's name, with which its entries begin. */
  name: string;
  random: Random;
  /** Returns the server ids of the replicas that are known so far. */
  sids(): readonly string[];
}

/** How a client uses its session. */
export interface SessionUse {
  /** Sends one request that uses the session, or two at the same time. */
  use(): Promise<void>;
}

/** Probability that a request names another replica than the client's own, as after a rebind (A13). */
const MOVES = 0.1;
/** How many cookies of ended sessions a client keeps, to try them again. */
const KEPT_COOKIES = 8;

/** What clients do with their sessions, and how often. */
const USES = [
  ['read', 35],
  ['append', 20],
  ['put', 20],
  ['both', 10],
  ['probe', 7],
  ['regenerate', 5],
  ['destroy', 3],
] as const satisfies [string, number][];
const BAG = USES.flatMap(([use, times]) => Array<(typeof USES)[number][0]>(times).fill(use));

export function createSessionUse({ client, name, random, sids }: SessionUseOptions): SessionUse {
  const ended: string[] = [];
  let entries = 0;

  const nextEntry = () => `${name}-${++entries}`;
  const anySid = () => (sids().length === 0 ? undefined : random.pick(sids()));

  async function end(asked: 'regenerate' | 'destroy', at: string | undefined): Promise<void> {
    const cookie = client.session();
    const { outcome, status } = await client.ask(asked, { at, patienceMs: drawPatienceMs(random) });
    if (cookie === undefined || outcome !== 'answered' || status !== 200) return;
    ended.push(cookie);
    if (ended.length > KEPT_COOKIES) ended.shift();
  }

  /** Two changes at the same time at different replicas, if there are several. */
  async function appendTwice(at: string | undefined): Promise<void> {
    const first = client.ask('append', { entry: nextEntry(), at });
    await Promise.all([first, client.ask('put', { entry: nextEntry(), at: anySid(), isBeside: true })]);
  }

  return {
    async use() {
      const at = random.chance(MOVES) ? anySid() : undefined;
      const use = random.pick(BAG);
      switch (use) {
        case 'both':
          return await appendTwice(at);
        case 'regenerate':
        case 'destroy':
          return await end(use, at);
        case 'probe':
          if (ended.length > 0) await client.probe(random.pick(ended), anySid());
          return;
        default: {
          const entry = use === 'read' ? {} : { entry: nextEntry() };
          await client.ask(use, { ...entry, at, patienceMs: drawPatienceMs(random) });
        }
      }
    },
  };
}
