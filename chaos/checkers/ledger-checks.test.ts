import { describe, expect, test } from 'vitest';
import { acknowledgedCheck } from './acknowledged.ts';
import { evidence, outage, refusal, visit } from './evidence.ts';
import { gaplessCheck } from './gapless.ts';
import { onceCheck } from './once.ts';
import { orderCheck } from './order.ts';
import { unansweredCheck } from './unanswered.ts';

const row = (number: number, requestId = `request ${number}`) => ({ number, requestId });
const sound = evidence({
  operations: [visit({ number: 1 }), visit({ number: 2, sentAtMs: 60_020, endedAtMs: 60_030 })],
});

test.each([acknowledgedCheck, gaplessCheck, onceCheck, orderCheck, unansweredCheck])(
  'a sound run passes the check $name',
  (check) => {
    expect(check.find(sound)).toEqual([]);
  },
);

describe('acknowledged', () => {
  test('finds a visit without a row', () => {
    const operations = [visit({ number: 7 })];
    const found = acknowledgedCheck.find(evidence({ operations, ledger: { counter: 0, rows: [] } }));
    expect(found).toMatchObject([{ message: 'visit 7 was acknowledged and has no row', operations }]);
  });

  test('finds a row of another request', () => {
    const operations = [visit({ number: 1 })];
    expect(
      acknowledgedCheck.find(evidence({ operations, ledger: { counter: 1, rows: [row(1, 'other')] } })),
    ).toHaveLength(1);
  });
});

describe('once', () => {
  test('finds a request that was counted twice', () => {
    const ledger = { counter: 2, rows: [row(1, 'same'), row(2, 'same')] };
    expect(onceCheck.find(evidence({ ledger }))).toMatchObject([
      { message: 'the visit same was counted 2 times, as 1 and 2' },
    ]);
  });

  test('finds a number that two requests received, even with one request id', () => {
    const twice = (requestId: string) => [visit({ number: 1 }), visit({ number: 1, requestId })];
    const ledger = { counter: 1, rows: [row(1)] };
    expect(onceCheck.find(evidence({ operations: twice('other'), ledger }))).toHaveLength(1);
    expect(onceCheck.find(evidence({ operations: twice('request 1'), ledger }))).toHaveLength(1);
  });
});

describe('gapless', () => {
  test.each([
    ['a gap', 3, [row(1), row(3)]],
    ['a number before the first', 1, [row(0)]],
    ['a counter that ran ahead', 3, [row(1), row(2)]],
    ['a counter that stayed behind', 1, [row(1), row(2)]],
  ])('finds %s', (_what, counter, rows) => {
    expect(gaplessCheck.find(evidence({ ledger: { counter, rows } })).length).toBeGreaterThan(0);
  });
});

describe('unanswered', () => {
  const EPOCH_MS = 1_700_000_000_000;
  const idAt = (ms: number, random = 'random') => `${((EPOCH_MS + ms) / 1000).toFixed(3)}-${random}`;
  const answered = visit({ number: 1, sentAtMs: 10_000, requestId: idAt(10_000) });
  const aborted = (sentAtMs: number, endedAtMs: number) => ({
    ...visit({ outcome: 'aborted', status: undefined, requestId: undefined, sentAtMs, endedAtMs }),
    number: undefined,
  });
  const untold = (brokenOff: ReturnType<typeof aborted>[], ...requestIds: string[]) => {
    const rows = [row(1, answered.requestId), ...requestIds.map((requestId, index) => row(index + 2, requestId))];
    const operations = [answered, ...brokenOff];
    return unansweredCheck.find(evidence({ operations, ledger: { counter: rows.length, rows } }));
  };

  test('accepts one counted visit for a visit that broke off, and no second one', () => {
    const brokenOff = [aborted(60_000, 60_010)];
    expect(untold(brokenOff, idAt(60_005))).toEqual([]);
    expect(untold(brokenOff, idAt(60_005), idAt(60_006))).toHaveLength(1);
  });

  test('finds a visit that was counted long before or after one broke off', () => {
    const brokenOff = [aborted(60_000, 61_000)];
    expect([55_000, 59_000, 62_000, 65_000].map((ms) => untold(brokenOff, idAt(ms)).length)).toEqual([1, 0, 0, 1]);
    expect(untold(brokenOff, 'an id without a time')).toHaveLength(1);
  });

  test('assigns a long visit to a row that no shorter one explains', () => {
    const brokenOff = [aborted(50_000, 70_000), aborted(50_000, 51_000)];
    expect(untold(brokenOff, idAt(50_500), idAt(69_000))).toEqual([]);
    expect(untold(brokenOff, idAt(50_500), idAt(50_600, 'other'), idAt(69_000))).toHaveLength(1);
  });

  test('accepts a counted visit with a 503 only after long doubt, or when a replica ended that may have counted it', () => {
    const counted = (tookMs: number, goneAtMs = 2000) => {
      const operations = [refusal(503, { requestId: 'refused', sentAtMs: 5000, endedAtMs: 5000 + tookMs })];
      const outages = [{ ...outage('replica', 'a'), fromMs: goneAtMs }];
      return unansweredCheck.find(evidence({ operations, outages, ledger: { counter: 1, rows: [row(1, 'refused')] } }));
    };
    expect(counted(9000)).toEqual([]);
    expect(counted(900)).toHaveLength(1);
    expect(counted(900, 5200)).toEqual([]);
    // The kill of a replica took a second.
    expect(counted(900, 4000)).toEqual([]);
  });
});

describe('order', () => {
  test('finds a visit with a number from the past, unless both were in flight at once', () => {
    const inTurn = (sentAtMs: number) =>
      orderCheck.find(
        evidence({ operations: [visit({ number: 2 }), visit({ number: 1, sentAtMs, endedAtMs: sentAtMs + 10 })] }),
      );
    expect(inTurn(60_020)).toMatchObject([{ message: 'visit number 1 came after 2 was known' }]);
    expect(inTurn(60_005)).toEqual([]);
  });

  test('finds a count that went back, and one that the counter never reached', () => {
    const count = (value: number) => ({
      ...visit({ asked: 'count', count: value, sentAtMs: 60_020, endedAtMs: 60_030 }),
      number: undefined,
    });
    const ledger = { counter: 5, rows: [] };
    const counted = (value: number) =>
      orderCheck.find(evidence({ operations: [visit({ number: 5 }), count(value)], ledger }));
    expect(counted(5)).toEqual([]);
    expect(counted(4)).toHaveLength(1);
    expect(counted(6)).toHaveLength(1);
  });
});
