import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { delay } from '../../app/lib/delay.ts';
import type { SuiteFrontKind } from '../../testkit/fronts/front.ts';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { createRandom } from '../../testkit/random.ts';
import type { StubReplica } from '../../testkit/replicas/stub.ts';
import { stage } from './fixture.ts';
import { createModel, type Mode, type OpenRequest } from './walk-model.ts';

const SEED = 14;
const STEPS = 60;
const CLIENTS = 4;
const MOST_HELD = 3;
/** Longer than a walk. */
const HELD_AT_MOST_MS = 60_000;

/** No peer recovers during these: the result does not depend on the time. */
const WALKS = [
  ['A max_fails=0', 'B max_fails=0', 'C max_fails=0'],
  ['A max_fails=0 weight=3', 'B max_fails=0 weight=2', 'C max_fails=0', 'D max_fails=0 weight=2'],
  ['A max_fails=0 max_conns=1', 'B max_fails=0 max_conns=2', 'C max_fails=0 backup'],
  ['A max_fails=3 fail_timeout=1h', 'B max_fails=4 fail_timeout=1h', 'C max_fails=0 drain', 'D max_fails=0'],
  ['A max_fails=0', 'B max_fails=9 fail_timeout=1h weight=5', 'C down', 'D max_fails=0 backup'],
];

/**
 * Peers recover, but only when the walk lets time pass. One failure is enough for each: Nginx may start a request again that finds no
 * peer (B14), and then counts a failure twice.
 */
const WALKS_OVER_TIME = [
  ['A fail_timeout=2s', 'B fail_timeout=2s', 'C fail_timeout=2s', 'D max_fails=0'],
  ['A fail_timeout=2s weight=3', 'B fail_timeout=2s', 'C fail_timeout=2s backup', 'D max_fails=0'],
  ['A fail_timeout=2s max_conns=2', 'B fail_timeout=2s weight=2', 'C fail_timeout=2s drain', 'D max_fails=0'],
];
/** After it, a peer that failed before is tried again: balancers count whole seconds. */
const RECOVERS_AFTER_MS = 3100;
/** Steps before time passes take half of `fail_timeout` at most, so that no peer recovers meanwhile. */
const STEPS_WITHIN_MS = 1000;
const PERIODS = 4;

interface HeldRequest extends OpenRequest {
  answered: Promise<string>;
}

/** Starts a front and what may happen to it at random. Each step compares the front with the model. */
async function createWalk(kind: SuiteFrontKind, lines: readonly string[], seed: number) {
  const random = createRandom(SEED, seed);
  const [front, ...replicas] = await stage(kind, lines, { readTimeoutMs: HELD_AT_MOST_MS });
  const modes = new Map<string, Mode>();
  const modeOf = (name: string): Mode => modes.get(name) ?? 'answers 200';
  const { play, passTime } = createModel(lines, modeOf);
  const held: HeldRequest[] = [];
  const heldResponses = new Map<string, ServerResponse[]>(replicas.map(({ name }) => [name, []]));
  const moored: (StubReplica | undefined)[] = Array(CLIENTS).fill(undefined);

  for (const { name, behave } of replicas) {
    behave((request, response) => {
      request.resume();
      if (modeOf(name) === 'answers 503') response.writeHead(503).end();
      else if (request.headers['x-hold']) heldResponses.get(name)?.push(response);
      else response.end(name);
    });
  }

  /** A client sends a request, and perhaps its replica does not answer yet. */
  async function ask(isHeld: boolean): Promise<void> {
    const client = random.int(0, CLIENTS - 1);
    const method = random.pick(['GET', 'GET', 'PUT', 'POST']);
    const as = moored[client];
    const expected = play({ sid: as?.name, method, isHeld });
    const asked = front.ask({ method, ...(as && { as }), ...(isHeld && { headers: { 'X-Hold': '1' } }) });
    if (typeof expected === 'string') {
      expect(await asked, `${method} as ${as?.name}`).toBe(expected);
      const name = expected.match(/cookie of (\w)/)?.[1];
      moored[client] = replicas.find((replica) => replica.name === name) ?? as;
      return;
    }
    held.push({ ...expected, answered: asked });
    const name = expected.peer.sid;
    const count = held.filter(({ peer }) => peer.sid === name).length;
    await expect.poll(() => heldResponses.get(name), { message: `${method} is held by ${name}` }).toHaveLength(count);
  }

  /** A replica answers the first of the requests that it holds. */
  async function release(): Promise<void> {
    const { peer } = random.pick(held);
    const index = held.findIndex((request) => request.peer === peer);
    const [{ selection, answered }] = held.splice(index, 1) as [HeldRequest];
    heldResponses.get(peer.sid)?.shift()?.end('held');
    // Not before the front knows, too, that the request has ended.
    expect(await answered).toBe(`200 from ${peer.sid}, cookie of ${peer.sid}`);
    selection.finish(peer, 'served');
  }

  /** A replica that holds no request begins to do something else. */
  async function change(): Promise<void> {
    const replica = random.pick(replicas);
    if (heldResponses.get(replica.name)?.length) return;
    const mode = random.pick<Mode>(['answers 200', 'answers 200', 'answers 503', 'is stopped']);
    if (mode === 'is stopped') await replica.stop();
    else if (modeOf(replica.name) === 'is stopped') await replica.restart();
    modes.set(replica.name, mode);
  }

  return {
    async step() {
      const what = random.int(1, 10);
      if (what <= 6) await ask(false);
      else if (what === 7 && held.length < MOST_HELD) await ask(true);
      else if (what === 8 && held.length > 0) await release();
      else await change();
    },
    /** Lets so much time pass that every peer that failed is tried again. */
    async pass() {
      await delay(RECOVERS_AFTER_MS);
      passTime(RECOVERS_AFTER_MS);
    },
    async end() {
      while (held.length > 0) await release();
    },
  };
}

describe.each(fronts)('a random walk at %s', (kind) => {
  const walks = WALKS.map((lines, index) => ({ lines, index, peers: lines.join(', ') }));

  test.each(walks)('A3 to A8: each step is as in the model, over $peers', async ({ lines, index }) => {
    const walk = await createWalk(kind, lines, index);
    for (let nth = 0; nth < STEPS; nth++) await walk.step();
    await walk.end();
  });

  const walksOverTime = WALKS_OVER_TIME.map((lines, index) => ({ lines, index, peers: lines.join(', ') }));

  test.each(walksOverTime)('A5: each step is as in the model, while peers recover, over $peers', async (row) => {
    const walk = await createWalk(kind, row.lines, WALKS.length + row.index);
    for (let period = 0; period < PERIODS; period++) {
      if (period > 0) await walk.pass();
      const startedAtMs = performance.now();
      for (let nth = 0; nth < STEPS / 2 && performance.now() - startedAtMs < STEPS_WITHIN_MS; nth++) await walk.step();
    }
    await walk.end();
  });
});
