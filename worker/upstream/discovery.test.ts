import { describe, expect, test, vi } from 'vitest';
import { discoverPeers } from './discovery.ts';
import type { PeerConfig } from './parse-peers.ts';

const LINES = { A: 'http://a.example', AB: 'http://a.example\nhttp://b.example', B: 'http://b.example' };

function setUp() {
  const clock = { nowMs: 0 };
  const asked: PromiseWithResolvers<string>[] = [];
  const lists: string[] = [];
  const background: Promise<void>[] = [];
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const beforeSelect = discoverPeers({
    readPeers() {
      const answer = Promise.withResolvers<string>();
      asked.push(answer);
      return answer.promise;
    },
    upstream: {
      update: (configs: readonly PeerConfig[]) => lists.push(configs.map(({ address }) => address.charAt(0)).join('')),
    },
    inBackground: (work) => background.push(work),
    log,
    monotonicMs: () => clock.nowMs,
  });

  /** Sends a request at this time and does not wait for it. */
  function come(atMs: number): { hasGone: () => boolean; gone: Promise<void> } {
    clock.nowMs = atMs;
    let hasGone = false;
    const gone = beforeSelect().then(() => {
      hasGone = true;
    });
    return { hasGone: () => hasGone, gone };
  }

  /** Answers the read with this index, counted from 0. */
  async function answer(index: number, list: string | Error): Promise<void> {
    if (list instanceof Error) asked[index]?.reject(list);
    else asked[index]?.resolve(list);
    await new Promise(setImmediate);
  }

  return { come, answer, asked, lists, log };
}

describe('discovered peers', () => {
  test('a request waits only as long as no list was read', async () => {
    const { come, answer, lists } = setUp();
    const first = come(0);
    await new Promise(setImmediate);
    expect(first.hasGone()).toBe(false);
    await answer(0, LINES.A);
    expect(first.hasGone()).toBe(true);
    expect(lists).toEqual(['a']);
    await come(1000).gone;
  });

  test('the list is read at most once a second, by the first request after that time', async () => {
    const { come, answer, asked, lists } = setUp();
    come(0);
    await answer(0, LINES.A);
    for (const atMs of [1, 500, 999]) await come(atMs).gone;
    expect(asked).toHaveLength(1);
    for (const atMs of [1000, 1001, 1999]) await come(atMs).gone;
    expect(asked).toHaveLength(2);
    await answer(1, LINES.AB);
    expect(lists).toEqual(['a', 'ab']);
  });

  test('requests before the first answer each read the list, and each continues with its own answer', async () => {
    const { come, answer, asked } = setUp();
    const requests = [come(0), come(1)];
    expect(asked).toHaveLength(2);
    await answer(1, LINES.A);
    expect(requests.map(({ hasGone }) => hasGone())).toEqual([false, true]);
    await answer(0, LINES.A);
    expect(requests.map(({ hasGone }) => hasGone())).toEqual([true, true]);
  });

  test('an unchanged list changes nothing', async () => {
    const { come, answer, lists } = setUp();
    come(0);
    await answer(0, LINES.A);
    come(1000);
    await answer(1, LINES.A);
    expect(lists).toEqual(['a']);
  });

  test('an answer that a newer one has overtaken is ignored', async () => {
    const { come, answer, lists } = setUp();
    come(0);
    await answer(0, LINES.A);
    come(1000);
    come(2000);
    await answer(2, LINES.AB);
    await answer(1, LINES.B);
    expect(lists).toEqual(['a', 'ab']);
  });

  test.each([
    ['is wrong', 'http://a.example weihgt=2', /weihgt=2/],
    ['is empty', '', /empty/],
    ['has comments only', '# none\n', /empty/],
    ['cannot be read', new Error('no such service'), /no such service/],
  ])('after a list that %s the last good one stays, and the problem is logged once', async (_how, list, reason) => {
    const { come, answer, lists, log } = setUp();
    come(0);
    await answer(0, LINES.A);
    for (const [index, atMs] of [1000, 2000].entries()) {
      come(atMs);
      await answer(index + 1, list);
    }
    expect(lists).toEqual(['a']);
    expect(log.error.mock.calls).toEqual([[{ reason: expect.stringMatching(reason) }, expect.any(String)]]);
    come(3000);
    await answer(3, LINES.B);
    expect(lists).toEqual(['a', 'b']);
  });

  test('after a failed first read the request continues, and the list is read again a second later', async () => {
    const { come, answer, asked, lists } = setUp();
    const first = come(0);
    await answer(0, new Error('not yet'));
    expect(first.hasGone()).toBe(true);
    await come(500).gone;
    expect(asked).toHaveLength(1);
    await come(1000).gone;
    await answer(1, LINES.A);
    expect(lists).toEqual(['a']);
  });
});
