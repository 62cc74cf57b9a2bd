import { describe, expect, test } from 'vitest';
import { delay } from '../../../app/lib/delay.ts';
import { fronts } from '../../../testkit/fronts/fronts.ts';
import { answers, type Behaviour, drops, hangs } from '../../../testkit/replicas/behaviours.ts';
import { stage } from '../fixture.ts';

/** No failure counts, so that one request does not depend on those before. */
const PEERS = ['A max_fails=0', 'B max_fails=0', 'C max_fails=0', 'D max_fails=0'] as const;

const FAILURES = [
  { method: 'GET', behaviour: drops(), status: 502 },
  { method: 'PUT', behaviour: drops(), status: 502 },
  { method: 'GET', behaviour: answers(503), status: 503 },
];

/** Longer than the time for tries where it is short. */
const LATE_MS = 400;
const answersLate: Behaviour = async (_request, response) => {
  await delay(LATE_MS);
  response.writeHead(503).end();
};

describe.each(fronts)('tries at %s', (kind) => {
  test.each([1, 2, 3, 5])('B19: a request that fails everywhere is sent to %i replicas', async (tries) => {
    const [front, ...replicas] = await stage(kind, PEERS, { limits: { UPSTREAM_TRIES: `${tries}` } });
    const received = () => replicas.reduce((sum, { requests }) => sum + requests.length, 0);
    for (const { method, behaviour, status } of FAILURES) {
      const before = received();
      for (const replica of replicas) replica.behave(behaviour);
      expect(await front.get({ method, as: replicas[0] })).toMatchObject({ status });
      expect(received() - before).toBe(Math.min(tries, replicas.length));
    }
  });

  test.each([
    { tries: 2, method: 'POST', expected: '502 from the front, cookie of B' },
    { tries: 2, method: 'GET', expected: '502 from the front, cookie of B' },
    { tries: 3, method: 'POST', expected: '200 from C, cookie of C' },
  ])('B19: of $tries for a $method each replica that is gone takes one', async ({ tries, method, expected }) => {
    const [front, a, b] = await stage(kind, PEERS, { limits: { UPSTREAM_TRIES: `${tries}` } });
    await Promise.all([a.stop(), b.stop()]);
    expect(await front.ask({ method, as: a })).toBe(expected);
  });

  test.each([
    { failure: 'is too late', behaviour: hangs(), readTimeoutMs: LATE_MS, last: '504 from the front, cookie of A' },
    { failure: 'answers 503', behaviour: answersLate, readTimeoutMs: 5 * LATE_MS, last: '503 from A, cookie of A' },
  ])('B19: a replica that $failure is followed only within the time for tries', async (row) => {
    for (const [timeoutMs, expected] of [
      [LATE_MS / 2, row.last],
      [10 * LATE_MS, '200 from B, cookie of B'],
    ] as const) {
      const limits = { UPSTREAM_TRIES_TIMEOUT_MS: `${timeoutMs}` };
      const [front, a] = await stage(kind, PEERS, { readTimeoutMs: row.readTimeoutMs, limits });
      a.behave(row.behaviour);
      expect(await front.ask({ as: a })).toBe(expected);
    }
  });
});
