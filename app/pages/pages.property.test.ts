import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HISTORY_BUCKETS, VISIT_VERDICTS } from '../replicas/registry.ts';
import type { ReplicaView, Snapshot } from '../replicas/snapshot.ts';
import { dashboardContent } from './dashboard-page.ts';
import { dashboardText } from './dashboard-text.ts';
import { errorPage } from './error-page.ts';
import { visitPage } from './visit-page.ts';

const CONTEXT = { asset: (name: string) => `/assets/v/${name}`, hasVisits: true, hasDashboard: true };
const MARK = 'Q7Q';

/** Text that would be markup if it were not escaped, with marks at both ends to find it again. */
const hostile = fc
  .array(
    fc.constantFrom('<', '>', '"', "'", '&', '`', '<script>', '</title>', '-->', ' onload=', 'x', '\u0000', '\u2028'),
  )
  .map((pieces) => MARK + pieces.join('') + MARK);

/** Whether anything between the marks would end a text or an attribute. */
function expectEscaped(page: string): void {
  const shown = [...page.matchAll(/Q7Q(.*?)Q7Q/gs)];
  expect(shown.length).toBeGreaterThan(0);
  for (const [, text] of shown) expect(text).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
}

const number = fc.nat(1_000_000);
const timeMs = fc.nat(4_000_000_000_000);
const affinity = fc.constantFrom(...VISIT_VERDICTS);

const sessions = fc.record({
  copies: number,
  bytes: number,
  memoryReads: number,
  databaseReads: number,
  commits: number,
  conflicts: number,
});

const traffic = fc.array(
  fc.record({
    route: hostile,
    total: number,
    statuses: fc.record({ '1xx': number, '2xx': number, '3xx': number, '4xx': number, '5xx': number }),
  }),
  { maxLength: 12 },
);

const replicas: fc.Arbitrary<ReplicaView[]> = fc.array(
  fc.record({
    sid: hostile,
    address: hostile,
    version: hostile,
    state: fc.constantFrom('ready', 'draining', 'gone'),
    isLost: fc.boolean(),
    startedAtMs: timeMs,
    seenMsAgo: number,
    figures: fc.record({
      requests: number,
      errors: number,
      visits: number,
      requestsPerSecond: fc.double({ min: 0, max: 1e6, noNaN: true }),
      visitsPerSecond: fc.double({ min: 0, max: 1e6, noNaN: true }),
      sessions,
      mooredClients: number,
      latencyMs: fc.option(fc.record({ p50: number, p95: number, p99: number })),
    }),
  }),
  { minLength: 1, maxLength: 5 },
);

const snapshots: fc.Arbitrary<Snapshot> = fc.record({
  timeMs,
  count: number,
  requestsPerSecond: number,
  visitsPerSecond: number,
  mooredClients: number,
  sessions,
  replicas,
  traffic,
  history: fc.constant({
    startMs: 0,
    bucketMs: 5000,
    verdicts: { new: [], hit: Array<number>(HISTORY_BUCKETS).fill(1), moved: [], invalid: [] },
    refused: [],
  }),
  incidents: fc.array(
    fc.record({
      kind: fc.constantFrom('lost', 'database'),
      addresses: fc.array(hostile, { minLength: 1, maxLength: 3 }),
      fromMs: timeMs,
      untilMs: fc.option(timeMs),
    }),
    { maxLength: 3 },
  ),
  lastVisits: fc.array(fc.record({ number, timeMs, affinity, requestId: hostile, address: hostile }), {
    maxLength: 12,
  }),
});

test("a visit's values are escaped on its page", async () => {
  const visits = fc.record({
    number,
    timeMs,
    affinity,
    requestId: hostile,
    server: fc.record({ ip: hostile, address: hostile, sid: hostile }),
    session: fc.record({
      readFrom: fc.constantFrom('memory' as const, 'database' as const),
      list: fc.array(fc.record({ number, timeMs, affinity, address: hostile, sid: hostile })),
    }),
  });
  await fc.assert(fc.asyncProperty(visits, async (visit) => expectEscaped(`${await visitPage(visit, CONTEXT)}`)));
});

test("an error's values are escaped on its page", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, fc.constantFrom(400, 404, 500), async (message, status) =>
      expectEscaped(`${await errorPage({ status, message }, CONTEXT)}`),
    ),
  );
});

test('values of replicas and visits are escaped on the dashboard', async () => {
  await fc.assert(
    fc.asyncProperty(snapshots, async (snapshot) => expectEscaped(`${await dashboardContent(snapshot)}`)),
    { numRuns: 50 },
  );
});

test('the dashboard in text has a line for each replica, route, visit and incident, whatever the figures are', () => {
  fc.assert(
    fc.property(snapshots, (snapshot) => {
      const lines = dashboardText(snapshot).split('\n');
      const { replicas, traffic, lastVisits, incidents, sessions } = snapshot;
      const current = replicas.filter(({ state }) => state !== 'gone');
      const sessionLines = Object.values(sessions).some((count) => count > 0) ? current.length + 3 : 0;
      const HEADS_AND_SPACES = 8;
      const rows = replicas.length + traffic.length + lastVisits.length + incidents.length + sessionLines;
      expect(lines).toHaveLength(rows + HEADS_AND_SPACES);
    }),
    { numRuns: 50 },
  );
});
