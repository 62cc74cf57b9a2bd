import { describe, expect, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { answers, breaksOff, drops, hangs, holds } from '../../testkit/replicas/behaviours.ts';
import { stage } from './fixture.ts';

/** `fail_timeout` is counted in whole seconds, so a peer may be left out for up to one second longer. */
const RETURN_WAIT = { timeout: 10_000, interval: 100 };

describe.each(fronts)('failed peers at %s', (kind) => {
  test.each([
    { failure: 'closed without an answer', behaviour: drops() },
    { failure: 'answered 503', behaviour: answers(503) },
    { failure: 'did not answer in time', behaviour: hangs() },
  ])('A5: by default a peer that $failure once is left out', async ({ behaviour }) => {
    const [front, a] = await stage(kind, ['A', 'B'], { readTimeoutMs: 1000 });
    a.behave(behaviour);
    await front.ask({ as: a });
    a.behave(answers(200));
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
    expect(await front.askInTurn(4)).toBe('BBBB');
    expect(a.requests).toHaveLength(1);
  });

  test('A5: a peer that refused a connection is left out', async () => {
    const [front, a] = await stage(kind, ['A', 'B']);
    await a.stop();
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
    await a.restart();
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
    expect(a.requests).toEqual([]);
  });

  test('A5: a POST that fails counts, though it is not passed on', async () => {
    const [front, a] = await stage(kind, ['A', 'B']);
    a.behave(drops());
    expect(await front.ask({ method: 'POST', as: a })).toBe('502 from the front, cookie of A');
    expect(await front.ask({ method: 'POST', as: a })).toBe('200 from B, cookie of B');
  });

  test('A5: a 503 that the client receives does not count', async () => {
    const [front, a] = await stage(kind, ['A', 'B']);
    a.behave(answers(503));
    expect(await front.ask({ method: 'POST', as: a })).toBe('503 from A, cookie of A');
    expect(await front.ask({ method: 'POST', as: a })).toBe('503 from A, cookie of A');
  });

  test.each([
    { answer: 'a 500', behaviour: answers(500) },
    { answer: 'a 404', behaviour: answers(404) },
    { answer: 'a body that breaks off', behaviour: breaksOff() },
  ])('A5: $answer does not count', async ({ behaviour }) => {
    const [front, a] = await stage(kind, ['A', 'B']);
    a.behave(behaviour);
    await front.get({ as: a });
    await front.get({ as: a });
    expect(a.requests).toHaveLength(2);
  });

  test.each([1, 2, 3])('A5: with max_fails=%i as many failures make it unavailable', async (maxFails) => {
    const [front, a] = await stage(kind, [`A max_fails=${maxFails} fail_timeout=60s`, 'B']);
    a.behave(drops());
    expect(await front.askInTurn(maxFails + 2, { as: a })).toBe('B'.repeat(maxFails + 2));
    expect(a.requests).toHaveLength(maxFails);
  });

  test('A5: with max_fails=2 a success in between does not reset a failure of the same window', async () => {
    const [front, a] = await stage(kind, ['A max_fails=2 fail_timeout=60s', 'B']);
    a.behave(drops());
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
    a.behave(answers(200));
    expect(await front.ask({ as: a })).toBe('200 from A, cookie of A');
    a.behave(drops());
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
    a.behave(answers(200));
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
  });

  test('A5: with max_fails=0 a peer is tried every time', async () => {
    const [front, a, b] = await stage(kind, ['A max_fails=0', 'B']);
    a.behave(drops());
    for (let time = 0; time < 3; time++) expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
    expect([a, b].map(({ requests }) => requests.length)).toEqual([3, 3]);
  });

  test('A5: after fail_timeout a peer gets its clients back', async () => {
    const [front, a] = await stage(kind, ['A fail_timeout=1s', 'B']);
    a.behave(drops());
    await front.ask({ as: a });
    a.behave(answers(200));
    await expect.poll(() => front.ask({ as: a }), RETURN_WAIT).toBe('200 from A, cookie of A');
    expect(await front.ask({ as: a })).toBe('200 from A, cookie of A');
  });

  test('A5: a peer that fails its trial is left out again', async () => {
    const [front, a] = await stage(kind, ['A max_fails=2 fail_timeout=1s', 'B']);
    a.behave(drops());
    await expect.poll(() => front.ask({ as: a }).then(() => a.requests.length), RETURN_WAIT).toBe(3);
    a.behave(answers(200));
    expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
  });

  test('A5: one request is its trial, and the others go to other peers until the trial has succeeded', async () => {
    const [front, a] = await stage(kind, ['A fail_timeout=3s', 'B']);
    a.behave(drops());
    await front.ask({ as: a });
    const trial = holds();
    a.behave(trial.behaviour);
    const answered: Promise<string>[] = [];
    await expect
      .poll(() => {
        answered.push(front.ask({ as: a }));
        return a.requests.length;
      }, RETURN_WAIT)
      .toBe(2);

    const others = await Promise.all(Array.from({ length: 10 }, () => front.ask({ as: a })));
    expect(others).toEqual(Array(10).fill('200 from B, cookie of B'));
    expect(await front.ask()).toBe('200 from B, cookie of B');
    trial.release();
    expect(await Promise.all(answered)).toContain('200 from A, cookie of A');
    expect(await front.ask({ as: a })).toBe('200 from A, cookie of A');
  });
});
