import { describe, expect, test } from 'vitest';
import type { Evidence, Operation } from '../history.ts';
import { NEVER_MS } from '../outages.ts';
import { deathsCheck } from './deaths.ts';
import { drainCheck } from './drain.ts';
import { errorsCheck } from './errors.ts';
import { evidence, outage, refusal, release, visit } from './evidence.ts';
import { recoveryCheck } from './recovery.ts';
import { stickinessCheck } from './stickiness.ts';

const sound = evidence({ operations: [visit({ cookie: undefined, verdict: 'new' }), visit()] });

test.each([deathsCheck, drainCheck, errorsCheck, recoveryCheck, stickinessCheck])(
  'a sound run passes the check $name',
  (check) => {
    expect(check.find(sound)).toEqual([]);
  },
);

describe('stickiness', () => {
  const find = (operation: Operation, fields: Partial<Evidence> = {}) =>
    stickinessCheck.find(evidence({ operations: [operation], ...fields })).map(({ message }) => message);
  const moved = visit({ servedBy: '10.0.0.2:5000', mooredTo: 'b', verdict: 'moved' });

  test('finds a client that moved while its replica was up', () => {
    expect(find(moved)).toEqual(['the client was moored to a, which was available, and b answered']);
    expect(find(moved, { outages: [outage('replica', 'b')] })).toHaveLength(1);
  });

  test('accepts a move while the replica of the client or the database was down', () => {
    expect(find(moved, { outages: [outage('replica', 'a')] })).toEqual([]);
    expect(find(moved, { outages: [outage('database')] })).toEqual([]);
  });

  test('accepts a move at a front that lacks some replicas, and only there', () => {
    expect(find(moved, { outages: [outage('peers', 'worker')] })).toEqual([]);
    expect(find(moved, { outages: [outage('peers', 'machine-2')] })).toHaveLength(1);
  });

  test('accepts a kept cookie while the replica that answers reconnects to its database', () => {
    const kept = { ...moved, mooredTo: 'a' };
    expect(find(kept, { outages: [outage('database')] })).toEqual([]);
    expect(find(kept, { outages: [outage('replica', 'a'), outage('replica', 'b')] })).toEqual([]);
    expect(find(kept, { outages: [outage('replica', 'a')] })).toHaveLength(1);
    expect(find(kept, { outages: [outage('replica', 'a'), outage('peers', 'worker')] })).toEqual([]);
    expect(find(kept, { outages: [outage('replica', 'a'), outage('peers', 'machine-2')] })).toHaveLength(1);
  });

  test.each([
    ['a wrong verdict', visit({ verdict: 'moved' })],
    ['a cookie of another replica', visit({ mooredTo: 'b' })],
    ['no cookie', visit({ mooredTo: undefined })],
    ['an answer of an unknown replica', visit({ servedBy: '10.0.0.9:5000' })],
  ])('finds %s', (_what, operation) => {
    expect(find(operation)).toHaveLength(1);
  });

  test('expects a POST to end the cookie', () => {
    expect(find(release())).toEqual([]);
    expect(find(release({ mooredTo: 'a' }))).toHaveLength(1);
  });

  test('accepts an answer of the edge itself only while every replica is down', () => {
    const takeover = visit({ verdict: 'takeover', servedBy: 'edge', mooredTo: undefined });
    const [a, b] = [outage('replica', 'a'), outage('replica', 'b')];
    expect(find(takeover, { outages: [a, b] })).toEqual([]);
    expect(find(takeover, { outages: [a] })).toHaveLength(1);
  });
});

describe('drain', () => {
  const drains = [{ sid: 'a', askedAtMs: 60_000, endedAtMs: 60_500, exitCode: 0, startedAgainAtMs: 61_000 }];
  const outages = [{ what: 'replica' as const, name: 'a', fromMs: 60_000, untilMs: 62_000 }];
  const find = (operation: Operation, fields: Partial<Evidence> = {}) =>
    drainCheck.find(evidence({ operations: [operation], drains, outages, ...fields }));
  const byOther = { servedBy: '10.0.0.2:5000', mooredTo: 'b', verdict: 'moved', endedAtMs: 60_300 };

  test('finds a request that the replica had in flight and another one answered', () => {
    expect(find(visit({ ...byOther, sentAtMs: 59_500 }))).toHaveLength(1);
    expect(find(visit({ sentAtMs: 59_500, endedAtMs: 60_300 }))).toEqual([]);
  });

  test('accepts another replica for a request that was sent only just before, or that waited for the database', () => {
    expect(find(visit({ ...byOther, sentAtMs: 59_900 }))).toEqual([]);
    const both = [...outages, outage('database')];
    expect(find(visit({ ...byOther, sentAtMs: 59_500 }), { outages: both })).toEqual([]);
  });

  test.each([-200, 200])(
    'accepts another replica when the replica was cut off, too, %i ms after it was asked to stop',
    (ms) => {
      const cut = { ...outage('replica', 'a'), fromMs: 60_000 + ms, untilMs: 61_000 };
      expect(find(visit({ ...byOther, sentAtMs: 59_500 }), { outages: [...outages, cut] })).toEqual([]);
    },
  );

  test('finds an answer after the end, and accepts answers of the next replica with that name', () => {
    expect(find(visit({ sentAtMs: 60_600, endedAtMs: 60_700 }))).toHaveLength(1);
    expect(find(visit({ sentAtMs: 60_600, endedAtMs: 61_700 }))).toEqual([]);
    const forGood = drains.map((drain) => ({ ...drain, startedAgainAtMs: NEVER_MS }));
    expect(find(visit({ sentAtMs: 60_600, endedAtMs: 61_700 }), { drains: forGood })).toHaveLength(1);
  });

  test.each([
    ['work unfinished', 1, '0.500 s later with exit code 1'],
    ['a signal', undefined, '0.500 s later by a signal'],
  ])('finds a stop that ended with %s, unless the database was down meanwhile', (_what, exitCode, how) => {
    const ended = drains.map((drain) => ({ ...drain, exitCode }));
    const found = find(visit(), { drains: ended });
    expect(found).toMatchObject([{ message: `a was asked to stop at 60.000 s, and ended ${how}` }]);
    expect(find(visit(), { drains: ended, outages: [...outages, outage('database')] })).toEqual([]);
    const cutOff = { ...outage('replica', 'a'), fromMs: 60_400 };
    expect(find(visit(), { drains: ended, outages: [...outages, cutOff] })).toEqual([]);
  });
});

describe('errors', () => {
  const find = (operation: Operation, ...outages: Evidence['outages']) =>
    errorsCheck.find(evidence({ operations: [operation], outages }));
  const failed = visit({ outcome: 'failed', status: undefined, error: 'ECONNRESET' });

  test.each([
    ['a 503 while the database is down', refusal(503, { retryAfter: '1' }), [outage('database')]],
    ['a 502 while all replicas are down', refusal(502), [outage('replica', 'a'), outage('replica', 'b')]],
    ['a 502 of a balancer that was down', refusal(502), [outage('front', 'worker')]],
    ['a connection that breaks with its balancer', failed, [outage('front', 'worker')]],
    ['a 503 of a front that lacks replicas', refusal(503, { retryAfter: '1' }), [outage('peers', 'worker')]],
    ['a 504 of a front that lacks replicas', refusal(504), [outage('peers', 'worker')]],
    ['a request that its client breaks off', visit({ outcome: 'aborted', status: undefined }), []],
    ['a count', { ...visit({ asked: 'count' }), number: undefined, count: 0 }, []],
    ['a POST', release(), []],
    ['a 502 to a POST that a lost replica may have received', release({ status: 502 }), [outage('replica', 'a')]],
  ])('accepts %s', (_what, operation, outages) => {
    expect(find(operation, ...outages)).toEqual([]);
  });

  test.each([
    ['a 503 without a reason', refusal(503, { retryAfter: '1' }), [outage('replica', 'a')]],
    ['a 503 without Retry-After', refusal(503), [outage('database')]],
    ['a 502 while one replica is up', refusal(502), [outage('replica', 'a')]],
    ['a 502 to a POST while all replicas are up', release({ status: 502 }), []],
    [
      'a 502 to a POST when a replica has only arrived',
      release({ status: 502 }),
      [{ ...outage('replica', 'b'), fromMs: 0 }],
    ],
    ['a connection that breaks by itself', failed, [outage('front', 'nginx')]],
    ['a 504 while another front lacks replicas', refusal(504), [outage('peers', 'machine-2')]],
    ['a connection that breaks at a front that lacks replicas', failed, [outage('peers', 'worker')]],
    ['an answer that never comes', visit({ outcome: 'late' }), [outage('database')]],
    ['a 200 for a visit without its number', { ...visit(), number: undefined, count: 1 }, []],
    ['a 200 for the count without it', visit({ asked: 'count' }), []],
    ['a 500, whatever is down', refusal(500), [outage('database'), outage('replica', 'a')]],
  ])('finds %s', (_what, operation, outages) => {
    expect(find(operation, ...outages)).toHaveLength(1);
  });
});

test('errors finds a 504 to a POST when the replica was only asked to stop', () => {
  const outages = [{ what: 'replica' as const, name: 'a', fromMs: 60_000, untilMs: 62_000 }];
  const drains = [{ sid: 'a', askedAtMs: 60_000, endedAtMs: 60_500, exitCode: 0, startedAgainAtMs: 61_000 }];
  const operations = [release({ status: 504 })];
  expect(errorsCheck.find(evidence({ operations, outages }))).toEqual([]);
  expect(errorsCheck.find(evidence({ operations, outages, drains }))).toHaveLength(1);
  const behindGate = drains.map((drain) => ({ ...drain, isBehindGate: true }));
  expect(errorsCheck.find(evidence({ operations, outages, drains: behindGate }))).toEqual([]);
});

test('deaths finds a process that ended unasked', () => {
  const deaths = [{ name: 'replica-1', atMs: 1500, how: 'exited with code 1' }];
  expect(deathsCheck.find(evidence({ deaths }))).toMatchObject([
    { message: 'replica-1 exited with code 1 at 1.500 s' },
  ]);
});

test('recovery finds a client whose last answer is an error', () => {
  expect(recoveryCheck.find(evidence({ operations: [refusal(503), visit()] }))).toEqual([]);
  expect(recoveryCheck.find(evidence({ operations: [visit(), refusal(503)] }))).toHaveLength(1);
});
