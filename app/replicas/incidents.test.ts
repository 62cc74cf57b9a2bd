import { expect, test } from 'vitest';
import { figures, report } from '../../testkit/replicas/reports.ts';
import { incidentsOf } from './incidents.ts';
import type { Interruption } from './registry.ts';

const NOW_MS = 1_000_000;

const seen = (sid: string, interruptions: Interruption[], seenMsAgo = 10) => ({
  ...report(sid, { figures: figures({ interruptions }) }),
  seenMsAgo,
});
const incidents = (...replicas: ReturnType<typeof seen>[]) =>
  incidentsOf(replicas, ({ seenMsAgo }) => seenMsAgo > 2000, NOW_MS);

test('a lost replica is an ongoing incident since its last report', () => {
  expect(incidents(seen('a', [], 5000))).toEqual([
    { kind: 'lost', addresses: ['a:5000'], fromMs: NOW_MS - 5000, untilMs: null },
  ]);
});

test('a replica that came back keeps the incident', () => {
  const interruption = { kind: 'lost', fromMs: 10, untilMs: 20 } as const;
  expect(incidents(seen('a', [interruption]))).toEqual([{ ...interruption, addresses: ['a:5000'] }]);
});

test('overlapping database outages of several replicas are one incident, others are separate', () => {
  const away = (fromMs: number, untilMs: number) => ({ kind: 'database', fromMs, untilMs }) as const;
  const found = incidents(seen('a', [away(500, 600), away(100, 200)]), seen('b', [away(150, 250)]));
  expect(found).toEqual([
    { ...away(500, 600), addresses: ['a:5000'] },
    { ...away(100, 250), addresses: ['a:5000', 'b:5000'] },
  ]);
});

test('ongoing incidents come first, and the list is short', () => {
  const over = Array.from({ length: 8 }, (_, index) => {
    return { kind: 'lost', fromMs: index * 10, untilMs: index * 10 + 5 } as const;
  });
  const found = incidents(seen('a', over), seen('b', [], 9000));
  expect(found).toHaveLength(6);
  expect(found.map(({ untilMs }) => untilMs)).toEqual([null, 75, 65, 55, 45, 35]);
});
