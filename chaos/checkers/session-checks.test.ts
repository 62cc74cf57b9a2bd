import { describe, expect, test } from 'vitest';
import type { Evidence, Operation } from '../history.ts';
import { evidence, inSequence, outage, shown, visit } from './evidence.ts';
import { sessionChangesCheck } from './session-changes.ts';
import { sessionEndsCheck } from './session-ends.ts';
import { sessionFreshnessCheck } from './session-freshness.ts';
import { sessionIsolationCheck } from './session-isolation.ts';
import { sessionSurvivalCheck } from './session-survival.ts';

const entries = (...numbers: number[]) => numbers.map((number) => `1-${number}`);
const [ONE, TWO, THREE] = [entries(1), entries(1, 2), entries(1, 2, 3)];
const messages = (check: typeof sessionChangesCheck, operations: Operation[], fields: Partial<Evidence> = {}) =>
  check.find(evidence({ operations, ...fields })).map(({ message }) => message);

/** What a client does in its life: changes, a new id, the end, a new session. */
const SOUND = inSequence(
  shown('append', ONE, { session: undefined, newSession: 's' }),
  visit(),
  shown('put', TWO),
  shown('append', [], { entry: '1-3', outcome: 'failed', status: undefined }),
  shown('read', THREE),
  shown('regenerate', THREE, { newSession: 't' }),
  shown('probe', []),
  shown('destroy', [], { session: 't', newSession: '' }),
  shown('put', entries(4), { session: undefined, newSession: 'u' }),
  shown('probe', [], { session: 't' }),
);

test.each([sessionChangesCheck, sessionFreshnessCheck, sessionIsolationCheck, sessionSurvivalCheck, sessionEndsCheck])(
  'a sound run passes the check $name',
  (check) => {
    expect(messages(check, SOUND)).toEqual([]);
  },
);

describe('session-changes', () => {
  test.each([
    [
      'an acknowledged change that another one replaced',
      [shown('append', TWO), shown('put', entries(1, 3))],
      'change 2 of the list 1-1 was 1-2, and then it was 1-3',
    ],
    [
      'a change that was made twice',
      [shown('put', ONE), shown('put', entries(1, 2, 2))],
      '1-2 is in the list 1-1 twice, as change 2 and 3',
    ],
    [
      'a change without a trace in its answer',
      [shown('put', ONE, { entry: '1-7' })],
      "1-7 was acknowledged, and the answer's list lacks it",
    ],
    [
      'a change before one that was acknowledged earlier',
      [shown('put', entries(1, 2, 3), { entry: '1-3' }), shown('put', entries(1, 2, 3), { entry: '1-2' })],
      '1-2 comes before 1-3, which was acknowledged first',
    ],
  ])('finds %s', (_what, operations, message) => {
    expect(messages(sessionChangesCheck, inSequence(...operations))).toEqual([message]);
  });

  test('accepts any order of changes at the same time', () => {
    const together = [shown('put', TWO), shown('append', THREE, { entry: '1-3' })];
    expect(messages(sessionChangesCheck, together)).toEqual([]);
    expect(messages(sessionChangesCheck, together.toReversed())).toEqual([]);
  });

  test('compares the latest entries, wherever they are in the list', () => {
    const late = (count: number, ...latest: string[]) => shown('read', [], { ledger: { list: '1-1', count, latest } });
    expect(messages(sessionChangesCheck, [late(20, '1-19', '1-20'), late(21, '1-20', '1-21')])).toEqual([]);
    expect(messages(sessionChangesCheck, [late(20, '1-19', '1-20'), late(21, '1-19', '1-21')])).toEqual([
      'change 20 of the list 1-1 was 1-20, and then it was 1-19',
    ]);
  });
});

describe('session-freshness', () => {
  test('finds a client that reads an older state than it has seen', () => {
    expect(messages(sessionFreshnessCheck, inSequence(shown('read', TWO), shown('read', ONE)))).toEqual([
      'the list 1-1 had 2 changes, and then 1',
    ]);
  });

  test('accepts what another client has seen, and what it has not seen before the request', () => {
    const other = inSequence(shown('read', TWO, { client: 2 }), shown('read', ONE));
    expect(messages(sessionFreshnessCheck, other)).toEqual([]);
    expect(messages(sessionFreshnessCheck, [shown('read', TWO), shown('read', ONE)])).toEqual([]);
  });

  test('after two answers at the same time a client continues with the later one', () => {
    const at = (sentAtMs: number, endedAtMs: number) => ({ sentAtMs, endedAtMs });
    const answers = [shown('put', THREE, at(60_000, 60_100)), shown('append', TWO, at(60_000, 60_200))];
    const next = (latest: string[]) =>
      messages(sessionFreshnessCheck, [...answers, shown('read', latest, at(61_000, 61_100))]);
    expect(next(TWO)).toEqual([]);
    expect(next(ONE)).toEqual(['the list 1-1 had 2 changes, and then 1']);
  });
});

test.each([
  ['list', { list: '2-1', count: 1, latest: ['1-2'] }],
  ['change', { list: '1-1', count: 2, latest: ['1-1', '12-1'] }],
])("session-isolation finds another client's %s", (_what, ledger) => {
  expect(messages(sessionIsolationCheck, [shown('probe', [], { ledger })])).toHaveLength(1);
});

describe('session-survival', () => {
  const created = shown('append', ONE, { session: undefined, newSession: 's' });

  test.each([
    ['a session that is gone', shown('read', [])],
    ['a session that is replaced by another one', shown('append', entries(5))],
    ['a change that was told that its session had ended', shown('put', [], { status: 409 })],
    ['a new id without the list', shown('regenerate', [])],
  ])('finds %s', (_what, operation) => {
    expect(messages(sessionSurvivalCheck, inSequence(created, operation))).toHaveLength(1);
  });

  test.each(['regenerate', 'destroy'] as const)('accepts it after a %s without an answer', (asked) => {
    const end = shown(asked, [], { outcome: 'failed', status: undefined });
    expect(messages(sessionSurvivalCheck, inSequence(created, end, shown('read', [])))).toEqual([]);
  });
});

describe('session-ends', () => {
  const [ended] = inSequence(shown('destroy', [])) as [Operation];
  const probe = (afterMs: number, fields: Partial<Operation> = {}) => {
    const sentAtMs = ended.endedAtMs + afterMs;
    return shown('probe', ONE, { servedBy: '10.0.0.2:5000', sentAtMs, endedAtMs: sentAtMs + 10, ...fields });
  };
  const find = (operation: Operation, fields: Partial<Evidence> = {}) =>
    messages(sessionEndsCheck, [ended, operation], fields);

  test('finds an ended session two seconds later on another replica, and at once on its own', () => {
    expect(find(probe(2500))).toEqual(['the session s answered 2500 ms after its end']);
    expect(find(probe(900))).toEqual([]);
    expect(find(probe(10, { servedBy: '10.0.0.1:5000' }))).toHaveLength(1);
  });

  test('accepts five seconds from a replica that was cut off from the database', () => {
    const outages = [{ ...outage('replica', 'b'), fromMs: 60_000, untilMs: 65_000 }];
    expect(find(probe(5500), { outages })).toEqual([]);
    expect(find(probe(6500), { outages })).toHaveLength(1);
  });

  test('accepts what answers after an end without an answer', () => {
    const unanswered = { ...ended, status: undefined, outcome: 'failed' as const };
    expect(messages(sessionEndsCheck, [unanswered, probe(9000)])).toEqual([]);
  });
});
