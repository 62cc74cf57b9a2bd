import { describe, expect, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { holds } from '../../testkit/replicas/behaviours.ts';
import type { StubReplica } from '../../testkit/replicas/stub.ts';
import { type AskableFront, type AskOptions, stage } from './fixture.ts';

/** Sends requests one after another that stay in flight, and returns the peers that got them. */
async function holdInTurn(
  front: AskableFront,
  replicas: StubReplica[],
  times: number,
  options?: AskOptions,
): Promise<{ names: string; release(): Promise<string[]> }> {
  const held = holds();
  for (const replica of replicas) replica.behave(held.behaviour);
  const answers: Promise<string>[] = [];
  let names = '';
  for (let time = 0; time < times; time++) {
    const countsBefore = replicas.map(({ requests }) => requests.length);
    const receiver = () => replicas.find(({ requests }, index) => requests.length !== countsBefore[index]);
    answers.push(front.ask(options));
    await expect.poll(receiver).toBeDefined();
    names += receiver()?.name;
  }
  return {
    names,
    release() {
      held.release();
      return Promise.all(answers);
    },
  };
}

describe.each(fronts)('the order in which %s chooses', (kind) => {
  test.each([
    { lines: ['A', 'B', 'C'], order: 'ABCABCABC' },
    { lines: ['A weight=2', 'B', 'C'], order: 'ABCAABCAABCA' },
    { lines: ['A weight=5', 'B', 'C'], order: 'AABACAAAABACAA' },
    { lines: ['A', 'B weight=3'], order: 'BABBBABB' },
  ])('A3: with $lines new clients come to $order', async ({ lines, order }) => {
    const [front] = await stage(kind, lines);
    expect(await front.askInTurn(order.length)).toBe(order);
  });

  test.each([
    { lines: ['A', 'B'], order: 'ABBAAB' },
    { lines: ['A weight=2', 'B'], order: 'ABABAAABA' },
    { lines: ['A weight=3', 'B weight=2', 'C'], order: 'ABCABABCAABA' },
  ])(
    'A3: with $lines the peer with the fewest requests for its weight comes next: $order',
    async ({ lines, order }) => {
      const [front, ...replicas] = await stage(kind, lines);
      const { names, release } = await holdInTurn(front, replicas, order.length);
      expect(names).toBe(order);
      await release();
    },
  );

  test('A3: requests of moored clients do not change the order for new clients', async () => {
    const [front, a, b] = await stage(kind, ['A', 'B', 'C']);
    let order = '';
    for (const as of [a, a, b, a]) order += `${await front.askInTurn(1)}(${await front.askInTurn(1, { as })})`;
    expect(order).toBe('A(A)B(A)C(B)A(A)');
  });

  test('A3: requests of moored clients count while they last', async () => {
    const [front, a, b, c] = await stage(kind, ['A', 'B', 'C']);
    const { release } = await holdInTurn(front, [a], 1, { as: a });
    expect(await front.askInTurn(6)).toBe('BCBCBC');
    await release();
    expect(await front.askInTurn(6)).toBe('ABCABC');
    expect([b, c].map(({ requests }) => requests.length)).toEqual([5, 5]);
  });

  test('A4: a moored client reaches its peer however busy it is', async () => {
    const [front, a, b] = await stage(kind, ['A', 'B']);
    const { names, release } = await holdInTurn(front, [a], 5, { as: a });
    expect(names).toBe('AAAAA');
    expect(b.requests).toEqual([]);
    expect(await release()).toEqual(Array(5).fill('200 from A, cookie of A'));
  });
});

describe.each(fronts)('max_conns at %s', (kind) => {
  test('A4: a client whose peer is full is moored to another one', async () => {
    const [front, a] = await stage(kind, ['A max_conns=2', 'B']);
    const { release } = await holdInTurn(front, [a], 2, { as: a });
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
    expect(await front.askInTurn(3)).toBe('BBB');
    await release();
    expect(await front.ask({ as: a })).toBe('200 from A, cookie of A');
  });

  test.each([['A max_conns=1'], ['A max_conns=1', 'B max_conns=1 down']])(
    'A7: when all peers are full none can be tried, which is not a failure: %s',
    async (...lines) => {
      const [front, a] = await stage(kind, lines);
      const { release } = await holdInTurn(front, [a as StubReplica], 1);
      expect(await front.ask()).toBe('502 from the front, no cookie');
      expect(await front.ask({ as: a as StubReplica })).toBe('502 from the front, no cookie');
      expect(await front.ask({ method: 'POST' })).toBe('502 from the front, no cookie');
      await release();
      expect(await front.ask()).toBe('200 from A, cookie of A');
    },
  );

  test('A4: connections that are kept open without a request do not count', async () => {
    const [front] = await stage(kind, ['A max_conns=1', 'B backup']);
    expect(await front.askInTurn(4)).toBe('AAAA');
  });
});
