import { describe, expect, test } from 'vitest';
import { FAULT_KINDS, FAULTS } from './fault.ts';
import { createSchedule } from './schedule.ts';

const TEN_MINUTES_MS = 600_000;
const schedule = (seed: number) => createSchedule({ seed, durationMs: TEN_MINUTES_MS, kinds: FAULT_KINDS });

test('the same seed gives the same schedule, and another seed another one', () => {
  expect(schedule(1)).toEqual(schedule(1));
  expect(schedule(1)).not.toEqual(schedule(2));
});

describe.each([1, 2, 3, 4, 5])('with seed %i', (seed) => {
  test('every kind occurs, no longer than allowed, and ends before the run does', () => {
    const plan = schedule(seed);
    expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
    for (const { kind, atMs, lengthMs } of plan) {
      expect(lengthMs).toBeGreaterThanOrEqual(FAULTS[kind].shortestMs);
      expect(lengthMs).toBeLessThanOrEqual(FAULTS[kind].longestMs);
      expect(atMs + lengthMs).toBeLessThan(TEN_MINUTES_MS);
    }
  });

  test('faults of one lane follow each other', () => {
    for (const lane of ['replicas', 'surroundings']) {
      const ofLane = schedule(seed).filter(({ kind }) => FAULTS[kind].lane === lane);
      for (const [index, { atMs }] of ofLane.slice(1).entries()) {
        const before = ofLane[index] as { atMs: number; lengthMs: number };
        expect(atMs).toBeGreaterThan(before.atMs + before.lengthMs);
      }
    }
  });
});

test('contains only faults that the stack supports', () => {
  const plan = createSchedule({ seed: 1, durationMs: 60_000, kinds: ['kill-replica'] });
  expect(plan.length).toBeGreaterThan(3);
  expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(['kill-replica']));
  expect(createSchedule({ seed: 1, durationMs: 60_000, kinds: [] })).toEqual([]);
});
