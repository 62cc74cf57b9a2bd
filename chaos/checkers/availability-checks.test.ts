import { describe, expect, test } from 'vitest';
import type { Evidence, Operation } from '../history.ts';
import { evidence, outage, refusal, visit } from './evidence.ts';
import { mooringsCheck } from './moorings.ts';
import { resumptionCheck } from './resumption.ts';
import { unchangedCheck } from './unchanged.ts';

describe('moorings', () => {
  const restart = { kind: 'restart-database' as const, detail: 'MySQL', fromMs: 58_000, untilMs: 60_005 };
  const moved = { servedBy: '10.0.0.2:5000', mooredTo: 'b' };
  const find = (operation: Operation, fields: Partial<Evidence> = {}) =>
    mooringsCheck.find(
      evidence({ operations: [operation], faults: [restart], outages: [outage('database')], ...fields }),
    );

  test.each([
    ['a 503 that names another replica', refusal(503, moved)],
    ['a 200 of another replica', visit(moved)],
    ['a visit right after the restart', visit({ ...moved, sentAtMs: 61_000, endedAtMs: 61_010 })],
  ])('finds a client that is moved by %s', (_what, operation) => {
    expect(find(operation)).toHaveLength(1);
  });

  test.each([
    ['keeps its cookie', refusal(503, { mooredTo: 'a', servedBy: '10.0.0.2:5000' })],
    ['receives no cookie', refusal(503, { mooredTo: undefined })],
    ["receives the balancer's own 502", refusal(502, { ...moved, servedBy: undefined })],
    ['had no cookie', visit({ ...moved, cookie: undefined })],
    ['lets go', visit({ ...moved, asked: 'release', mooredTo: '' })],
    ['comes long after', visit({ ...moved, sentAtMs: 70_000, endedAtMs: 70_010 })],
  ])('accepts a client that %s', (_what, operation) => {
    expect(find(operation)).toEqual([]);
  });

  test('accepts a move when the replica of the client was down, too, or when another fault took the database', () => {
    expect(find(visit(moved), { outages: [outage('database'), outage('replica', 'a')] })).toEqual([]);
    expect(find(visit(moved), { faults: [{ ...restart, kind: 'hang-database' }] })).toEqual([]);
  });
});

describe('resumption', () => {
  const retryCuts = [{ name: 'replica-1', atMs: 40_000, untilMs: 53_000 }];
  const find = (operations: Operation[], fields: Partial<Evidence> = {}) =>
    resumptionCheck.find(evidence({ operations, retryCuts, ...fields }));
  const endedAt = (endedAtMs: number) => visit({ sentAtMs: endedAtMs - 10, endedAtMs });

  test('finds a cut without an acknowledged visit from ten seconds later', () => {
    expect(find([endedAt(40_500), endedAt(54_000)])).toMatchObject([
      { message: expect.stringContaining('replica-1 was cut off at 40.000 s') },
    ]);
    expect(find([{ ...refusal(503), sentAtMs: 50_500, endedAtMs: 50_600 }])).toHaveLength(1);
  });

  test('accepts a cut during which the others count again', () => {
    expect(find([endedAt(51_000)])).toEqual([]);
  });

  test('accepts that all clients wait at the replica that is cut off, because they came when the other was down', () => {
    const cut = { ...outage('replica', 'a'), fromMs: 39_990, untilMs: 53_000 };
    const killed = { ...outage('replica', 'b'), fromMs: 38_000, untilMs: 42_000 };
    const waiting = visit({ sentAtMs: 39_800, endedAtMs: 54_000 });
    expect(find([waiting], { outages: [cut, killed] })).toEqual([]);
    expect(find([waiting], { outages: [cut] })).toHaveLength(1);
    const came = visit({ sentAtMs: 45_000, endedAtMs: 54_000 });
    expect(find([waiting, came], { outages: [cut, killed] })).toHaveLength(1);
    const refused = refusal(503, { sentAtMs: 39_800, endedAtMs: 52_000 });
    expect(find([waiting, refused], { outages: [cut, killed] })).toHaveLength(1);
  });

  test('accepts that no visit counts while another fault took the database', () => {
    const outages = [{ what: 'database' as const, name: '', fromMs: 45_000, untilMs: 52_000 }];
    expect(find([], { outages })).toEqual([]);
    // The outage of the fault itself starts at the cut, and is over when the others must count again.
    expect(find([], { outages: [{ what: 'database', name: '', fromMs: 39_999, untilMs: 50_000 }] })).toHaveLength(1);
  });
});

test('unchanged finds a container that Compose recreated', () => {
  expect(unchangedCheck.find(evidence())).toEqual([]);
  const changes = [{ atMs: 1500, what: 'nginx 123 is gone' }];
  expect(unchangedCheck.find(evidence({ changes }))).toMatchObject([
    { message: 'after docker compose up at 1.500 s: nginx 123 is gone' },
  ]);
});
