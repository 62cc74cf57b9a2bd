import { expect, test } from 'vitest';
import { visit } from './checkers/evidence.ts';
import { createAbsences, createOutageLog, endDrains, NEVER_MS } from './outages.ts';

test('records start and end of each outage', () => {
  let nowMs = 1000;
  const log = createOutageLog(() => nowMs);
  const isBack = log.begin('replica', 'a');
  log.begin('database');
  nowMs = 2000;
  isBack();
  log.arrived('b');
  expect(log.outages).toEqual([
    { what: 'replica', name: 'a', fromMs: 1000, untilMs: 2000 },
    { what: 'database', name: '', fromMs: 1000, untilMs: NEVER_MS },
    { what: 'replica', name: 'b', fromMs: 0, untilMs: 2000 },
  ]);
});

test('a drain ends with the first start that may take its address, and no other drain does', () => {
  const drain = { sid: 'a', askedAtMs: 1, endedAtMs: 2, exitCode: 0, startedAgainAtMs: NEVER_MS };
  const [ended, open] = [{ ...drain }, { ...drain }];
  endDrains([ended], 10);
  endDrains([ended], 20);
  expect([ended, open].map(({ startedAgainAtMs }) => startedAgainAtMs)).toEqual([10, NEVER_MS]);
});

test('answers what was unavailable during an operation or a moment before', () => {
  const outages = [
    { what: 'replica' as const, name: 'a', fromMs: 10_000, untilMs: 20_000 },
    { what: 'replica' as const, name: 'b', fromMs: 19_000, untilMs: 30_000 },
    { what: 'front' as const, name: 'worker', fromMs: 50_000, untilMs: 51_000 },
  ];
  const absences = createAbsences(outages, ['a', 'b']);
  const at = (sentAtMs: number, endedAtMs = sentAtMs + 10) => visit({ sentAtMs, endedAtMs });
  expect([9000, 15_000, 20_500, 25_000].map((ms) => absences.ofReplica('a', at(ms)))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(absences.ofReplica('a', at(5000, 12_000))).toBe(true);
  expect([15_000, 19_500, 25_000].map((ms) => absences.ofAllReplicas(at(ms)))).toEqual([false, true, false]);
  expect(absences.ofDatabase(at(15_000))).toBe(false);
  expect([15_000, 50_500].map((ms) => absences.ofFront(at(ms)))).toEqual([false, true]);
});

test('an outage of the database counts for all replicas', () => {
  const absences = createAbsences([{ what: 'database', name: '', fromMs: 0, untilMs: 1000 }], ['a', 'b']);
  expect(absences.ofAllReplicas(visit({ sentAtMs: 500, endedAtMs: 600 }))).toBe(true);
});
