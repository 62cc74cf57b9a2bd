import { expect, test } from 'vitest';
import { figures as plausibleFigures } from '../../testkit/replicas/reports.ts';
import { dashboardPage } from '../pages/dashboard-page.ts';
import { dashboardText } from '../pages/dashboard-text.ts';
import { toRegisteredReplica } from '../replicas/registry.ts';
import { createSessionRecorder } from '../replicas/session-figures.ts';
import { takeSnapshot } from '../replicas/snapshot.ts';
import { createStatsRecorder, type RecordedStats } from '../replicas/stats.ts';

// During an update, replicas of two versions read each other's reports.

const NOW_MS = Date.UTC(2026, 10, 26, 6);
const LAST_BUCKET = NOW_MS / 5000;
const counts = (newest: number) => [...Array<number>(59).fill(0), newest];

/** What a replica wrote when only visits were counted. */
const OF_VISITS = {
  visits: 12,
  errors: 1,
  visitsPerSecond: 0.3333333333333333,
  mooredClients: 3,
  latencyMs: { p50: 1.25, p95: 2.5, p99: 5 },
  history: {
    lastBucket: LAST_BUCKET,
    verdicts: { new: counts(2), hit: counts(10), moved: counts(0), invalid: counts(0) },
    refused: counts(1),
  },
  interruptions: [{ kind: 'lost', fromMs: NOW_MS - 9000, untilMs: NOW_MS - 5000 }],
  lastVisits: [{ number: 12, timeMs: NOW_MS, affinity: 'hit', requestId: 'r12' }],
};

const { interruptions: _interruptions, ...WITHOUT_INTERRUPTIONS } = OF_VISITS;

/** Reads what a replica has stored as JSON. */
function read(figures: unknown, sid = 'a') {
  const row = { sid, address: `${sid}:5000`, version: '0.0.9', state: 'ready', startedAt: new Date(NOW_MS) };
  return toRegisteredReplica({ ...row, figures: JSON.parse(JSON.stringify(figures)) }, 10);
}

function record(): RecordedStats {
  const latency = { record() {}, percentilesMs: () => OF_VISITS.latencyMs };
  const recorder = createStatsRecorder({ latency, nowMs: () => NOW_MS, monotonicMs: () => 0 });
  const visit = { number: 1, timeMs: NOW_MS, requestId: 'r1' };
  const client = { id: 'c', address: '10.0.0.1', hasLetGo: false };
  recorder.observe({ route: '/', status: 200, affinity: 'hit', durationMs: 1, client, visit });
  return recorder.figures();
}

const stats = { memoryReads: 1, databaseReads: 0, commits: 0, conflicts: 0 };
const sessions = createSessionRecorder({ stats, cache: { size: () => ({ copies: 1, bytes: 1 }) } }, () => NOW_MS);
const NOW = { ...record(), sessions: sessions.figures(), interruptions: [] };

test.each([
  ['that counted visits only', OF_VISITS],
  ['that reported no interruptions', WITHOUT_INTERRUPTIONS],
])('the dashboard shows replicas %s next to its own', async (_which, earlier) => {
  const snapshot = takeSnapshot(13, [read(earlier), read(NOW, 'b')], NOW_MS);
  expect(snapshot.replicas[0]?.figures).toMatchObject({ requests: 12, errors: 1, requestsPerSecond: 1 / 3 });
  expect(snapshot).toMatchObject({ mooredClients: 4, sessions: { copies: 1 }, traffic: [{ route: '/', total: 1 }] });
  expect(snapshot.history.verdicts.hit.at(-1)).toBe(11);
  const page = `${await dashboardPage(snapshot, { asset: (name) => name, hasVisits: true, hasDashboard: true })}`;
  for (const text of [page, dashboardText(snapshot)]) expect(text).not.toMatch(/NaN|undefined/);
});

test.each([OF_VISITS, WITHOUT_INTERRUPTIONS])('a replica continues the history of the version before', (earlier) => {
  const latency = { record() {}, percentilesMs: () => null };
  const recorder = createStatsRecorder({ latency, nowMs: () => NOW_MS });
  recorder.resume(read(earlier).figures);
  expect(recorder.figures().history.verdicts.hit.at(-1)).toBe(10);
});

/** Replaces values by their types, and lists by the types of their elements. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}

test('a replica reports every field that the version before reads, with the same type', () => {
  const { interruptions } = OF_VISITS;
  expect(shapeOf({ ...NOW, interruptions })).toMatchObject(shapeOf(OF_VISITS) as object);
});

test('a field of a later version is ignored', () => {
  const later = { ...plausibleFigures(), ...NOW, somethingNew: { a: [1] }, traffic: { ...NOW.traffic, more: 1 } };
  const snapshot = takeSnapshot(13, [read(later)], NOW_MS);
  expect(dashboardText(snapshot)).toContain('a:5000');
});
