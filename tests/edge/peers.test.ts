import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { delay } from '../../app/lib/delay.ts';
import { startTestEdge, type TestEdge } from '../../testkit/fronts/edge.ts';
import { answers, holds } from '../../testkit/replicas/behaviours.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';
import { cookieOf } from '../affinity/fixture.ts';

/** The worker reads the list again after one second. */
const FOLLOWED_WITHIN = { timeout: 10_000, interval: 50 };

async function setUp(names: string) {
  const replicas = await Promise.all([...names].map(createStubReplica));
  onTestFinished(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
  });
  const list = { text: '', reads: 0, failure: undefined as Error | undefined };
  const tell = (...told: StubReplica[]) => {
    list.text = told.map(({ url }) => `${url} max_fails=0`).join('\n');
  };
  tell(...replicas);
  const edge = await startTestEdge({
    async peers() {
      list.reads++;
      if (list.failure) throw list.failure;
      return list.text;
    },
  });
  return { edge, list, tell, replicas: replicas as [StubReplica, StubReplica, StubReplica] };
}

async function replicaFor({ ask }: TestEdge, cookie?: string): Promise<string> {
  const { status, headers } = await ask(cookie === undefined ? {} : { headers: { Cookie: cookie } });
  return `${headers['x-replica'] ?? status}`;
}

/** Returns the names of the replicas that answer requests without a cookie. */
async function whoAnswers(edge: TestEdge, times: number): Promise<string> {
  const names = new Set<string>();
  for (let time = 0; time < times; time++) names.add(await replicaFor(edge));
  return [...names].sort().join('');
}

describe('an edge that discovers its peers', () => {
  test('knows them at its first request, and asks again at most once a second', async () => {
    const { edge, list } = await setUp('AB');
    expect(list.reads).toBe(0);
    const startMs = performance.now();
    expect(await whoAnswers(edge, 40)).toBe('AB');
    const seconds = (performance.now() - startMs) / 1000;
    expect(list.reads).toBeLessThanOrEqual(1 + Math.ceil(seconds));
  });

  test('A9: when one peer is added and one removed under load, no request fails and only the clients of the removed one move', async () => {
    const { edge, tell, replicas } = await setUp('ABC');
    const [a, b, c] = replicas;
    tell(a, b);
    const clients = Array.from({ length: 8 }, (_, index) => [a, b][index % 2] as StubReplica);
    const trails = clients.map((): string[] => []);
    let isDone = false;
    const running = clients.map(async (home, index) => {
      while (!isDone) trails[index]?.push(await replicaFor(edge, cookieOf(home)));
    });

    tell(a, b, c);
    await vi.waitFor(async () => expect(await replicaFor(edge, cookieOf(c))).toBe('C'), FOLLOWED_WITHIN);
    tell(a, c);
    await vi.waitFor(async () => expect(await replicaFor(edge, cookieOf(b))).not.toBe('B'), FOLLOWED_WITHIN);
    await b.stop();
    await delay(100);
    isDone = true;
    await Promise.all(running);

    for (const [index, trail] of trails.entries()) {
      if (clients[index] === a) expect(new Set(trail)).toEqual(new Set(['A']));
      else expect(trail.join('')).toMatch(/^B+[AC]+$/);
    }
  });

  test('a request in flight at a removed peer finishes there', async () => {
    const { edge, tell, replicas } = await setUp('AB');
    const [a, b] = replicas;
    const { behaviour, release } = holds();
    a.behave(behaviour);
    const inFlight = replicaFor(edge, cookieOf(a));
    await vi.waitFor(() => expect(a.requests).toHaveLength(1));
    tell(b);
    await vi.waitFor(async () => expect(await whoAnswers(edge, 2)).toBe('B'), FOLLOWED_WITHIN);
    release();
    expect(await inFlight).toBe('A');
  });

  test.each([
    ['is wrong', 'http://127.0.0.1:5001 weihgt=2', undefined, /weihgt=2/],
    ['is empty', '', undefined, /empty/],
    ['cannot be read', '', new Error('no name server'), /no name server/],
  ])('keeps the last good list while a new one %s, and logs it', async (_how, text, failure, reason) => {
    const { edge, list, tell, replicas } = await setUp('AB');
    expect(await whoAnswers(edge, 4)).toBe('AB');
    Object.assign(list, { text, failure });
    await vi.waitFor(async () => {
      expect(await whoAnswers(edge, 4)).toBe('AB');
      expect(edge.logs.join('\n')).toMatch(reason);
    }, FOLLOWED_WITHIN);
    list.failure = undefined;
    tell(replicas[1]);
    await vi.waitFor(async () => expect(await whoAnswers(edge, 4)).toBe('B'), FOLLOWED_WITHIN);
  });

  test('answers 502 without a cookie until it has read a good list', async () => {
    const { edge, list, tell, replicas } = await setUp('A');
    list.text = '';
    const answer = await edge.ask();
    expect([answer.status, answer.setCookies]).toEqual([502, []]);
    const page = await edge.ask({ headers: { Accept: 'text/html,*/*;q=0.8' } });
    expect([page.status, page.headers['content-type'], page.setCookies]).toEqual([502, 'text/html; charset=UTF-8', []]);
    expect(`${page.body}`).toContain('<h1>No replica could answer.</h1>');
    tell(replicas[0]);
    await vi.waitFor(async () => expect(await replicaFor(edge)).toBe('A'), FOLLOWED_WITHIN);
  });

  test('delays no request while a list is slow to arrive', async () => {
    const [a] = (await Promise.all(['A'].map(createStubReplica))) as [StubReplica];
    onTestFinished(a.stop);
    a.behave(answers(200));
    const asked: (() => void)[] = [];
    let isSlow = false;
    const edge = await startTestEdge({
      async peers() {
        if (isSlow) await new Promise<void>((resolve) => asked.push(resolve));
        return a.url;
      },
    });
    expect(await replicaFor(edge)).toBe('A');
    isSlow = true;
    await vi.waitFor(async () => {
      expect(await replicaFor(edge)).toBe('A');
      expect(asked.length).toBeGreaterThan(0);
    }, FOLLOWED_WITHIN);
    // The list has not arrived yet, and each request is answered nevertheless.
    for (let time = 0; time < 5; time++) expect(await replicaFor(edge)).toBe('A');
    for (const resolve of asked) resolve();
  });
});
