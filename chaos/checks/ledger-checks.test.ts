import { describe, expect, test } from 'vitest';
import { acknowledgedCheck } from './acknowledged.ts';
import { evidence, refusal, visit } from './evidence.ts';
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

  test('finds a row that is another request', () => {
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

  test('finds a number that two requests got, and lets one request have it again', () => {
    const twice = (requestId: string) => [visit({ number: 1 }), visit({ number: 1, requestId })];
    const ledger = { counter: 1, rows: [row(1)] };
    expect(onceCheck.find(evidence({ operations: twice('other'), ledger }))).toHaveLength(1);
    expect(onceCheck.find(evidence({ operations: twice('request 1'), ledger }))).toEqual([]);
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
  test('lets a visit that broke off be counted, and no second one for it', () => {
    const operations = [visit({ outcome: 'aborted', status: undefined, verdict: undefined, requestId: undefined })];
    const aborted = operations.map((operation) => ({ ...operation, number: undefined }));
    const counted = (...rows: ReturnType<typeof row>[]) =>
      unansweredCheck.find(evidence({ operations: aborted, ledger: { counter: rows.length, rows } }));
    expect(counted(row(1))).toEqual([]);
    expect(counted(row(1), row(2))).toHaveLength(1);
  });

  test('lets a refused visit be counted only after long doubt', () => {
    const counted = (tookMs: number) => {
      const operations = [refusal(503, { requestId: 'refused', sentAtMs: 1000, endedAtMs: 1000 + tookMs })];
      return unansweredCheck.find(evidence({ operations, ledger: { counter: 1, rows: [row(1, 'refused')] } }));
    };
    expect(counted(9000)).toEqual([]);
    expect(counted(900)).toHaveLength(1);
  });
});

describe('order', () => {
  test('finds a visit with a number from the past, unless both were under way at once', () => {
    const inTurn = (sentAtMs: number) =>
      orderCheck.find(
        evidence({ operations: [visit({ number: 2 }), visit({ number: 1, sentAtMs, endedAtMs: sentAtMs + 10 })] }),
      );
    expect(inTurn(60_020)).toMatchObject([{ message: 'visit number 1 came after 2 was known' }]);
    expect(inTurn(60_005)).toEqual([]);
  });

  test('finds a count that went back, and one that nobody reached', () => {
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
