import { describe, expect, test } from 'vitest';
import type { EdgeView } from '../replicas/edge-report.ts';
import type { Incident } from '../replicas/incidents.ts';
import type { ReplicaView, Snapshot } from '../replicas/snapshot.ts';
import { noRequests, type RouteTraffic } from '../replicas/traffic.ts';
import { dashboardContent, outdatedContent, statuses } from './dashboard-page.ts';
import { dashboardText } from './dashboard-text.ts';
import { type Headline, headline } from './headline.ts';

const TIME_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

const NO_SESSIONS = { copies: 0, bytes: 0, memoryReads: 0, databaseReads: 0, commits: 0, conflicts: 0 };
const SESSIONS = { copies: 12, bytes: 34_560, memoryReads: 975, databaseReads: 25, commits: 67, conflicts: 1 };

function traffic(route: string, statuses: Partial<RouteTraffic['statuses']>): RouteTraffic {
  const total = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  return { route, total, statuses: { ...noRequests(), ...statuses } };
}

function replica(port: number, view: Partial<ReplicaView> = {}, mooredClients = 0): ReplicaView {
  return {
    sid: `${port}`.padStart(32, 'a'),
    address: `10.0.0.5:${port}`,
    version: '1.2.3',
    state: 'ready',
    isLost: false,
    startedAtMs: TIME_MS,
    seenMsAgo: 100,
    figures: {
      requests: 1234,
      errors: 5,
      visits: 1000,
      requestsPerSecond: 12.34,
      visitsPerSecond: 10,
      mooredClients,
      latencyMs: { p50: 1.25, p95: 10, p99: 123.4 },
    },
    ...view,
  };
}

function snapshot(replicas: ReplicaView[], rest: Partial<Snapshot> = {}): Snapshot {
  return {
    timeMs: TIME_MS,
    count: 98_765,
    requestsPerSecond: 12.34,
    visitsPerSecond: 10,
    mooredClients: replicas.reduce((sum, { figures }) => sum + figures.mooredClients, 0),
    sessions: NO_SESSIONS,
    replicas,
    traffic: [],
    history: {
      startMs: TIME_MS,
      bucketMs: 5000,
      verdicts: { new: [1, 2], hit: [30, 4], moved: [0, 0], invalid: [0, 9] },
      refused: [0, 0],
    },
    incidents: [],
    lastVisits: [{ number: 98_765, timeMs: TIME_MS, affinity: 'moved', requestId: 'r1', address: '10.0.0.5:1' }],
    ...rest,
  };
}

const render = async (shown: Snapshot) => `${await dashboardContent(shown)}`;

/** Returns the width of a ribbon at its start. */
function widths(content: string): number[] {
  const outlines = content.matchAll(/class="ribbon [a-z-]+" d="M0 ([\d.-]+)[^Z]* ([\d.-]+)Z"/g);
  return [...outlines].map(([, from, to]) => Number(to) - Number(from));
}

describe('the page', () => {
  test('shows the counter, the rate, the clients, and each replica with its figures', async () => {
    const content = await render(snapshot([replica(1, {}, 7)]));
    for (const words of ['98,765', '12.3', '1,234', '1.3', '10.0', '123', '2026-01-02 03:04', '1.2.3', '7 clients'])
      expect(content).toContain(words);
    expect(content).toMatch(/moved<\/span><\/td><td>03:04:05/);
    expect(content).toMatch(/hit<\/span> <b>34<\/b>/);
  });

  test.each<[Partial<ReplicaView>, string]>([
    [{ state: 'ready' }, 'ready'],
    [{ state: 'draining' }, 'draining'],
    [{ state: 'gone' }, 'gone, stopped'],
    [{ state: 'gone', isLost: true }, 'gone, lost'],
  ])('labels a replica with %j: %s', async (view, words) => {
    const content = await render(snapshot([replica(1, view)]));
    expect(content).toMatch(new RegExp(`class="state [a-z]+"><svg.*?</svg>${words}</span>`));
  });

  test('counts a lost replica as expected, and shows none of its outdated values', async () => {
    const gone = replica(2, { state: 'gone', isLost: true }, 3);
    const content = await render(snapshot([replica(1), gone], { mooredClients: 0 }));
    expect(content).toMatch(/<b>1<\/b> <span>of 2</);
    expect(content).toMatch(/data-title="Clients" class="number">–/);
    expect(content).not.toContain('3 clients');
  });

  test("a ribbon's width is proportional to the clients; without clients it is a thread", async () => {
    const content = await render(snapshot([replica(1, {}, 30), replica(2, {}, 10), replica(3, {}, 0)]));
    const [wide, narrow] = widths(content) as [number, number];
    expect(wide / narrow).toBeCloseTo(3, 1);
    expect(content.match(/class="thread thread-ready"/g)).toHaveLength(1);
  });

  test('the drawing has a text alternative', async () => {
    const replicas = [replica(1, {}, 1), replica(2, { state: 'draining' }, 2), replica(3, { state: 'gone' })];
    expect(await render(snapshot(replicas))).toContain(
      'aria-label="Clients by replica. 10.0.0.5:1, ready: 1 client; 10.0.0.5:2, draining: 2 clients; 10.0.0.5:3, stopped: none."',
    );
  });

  test('ribbons of many replicas stay within the drawing', async () => {
    const replicas = Array.from({ length: 50 }, (_, index) => replica(index, {}, (index * 37) % 90));
    const content = await render(snapshot(replicas));
    const heights = [...content.matchAll(/(?:M0|V|C50) ([\d.-]+)/g)].map(([, y]) => Number(y));
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...heights)).toBeLessThanOrEqual(500);
  });

  test('renders before any report and any visit', async () => {
    const content = await render(snapshot([], { count: 0, lastVisits: [] }));
    expect(content).toContain('No replica is known yet.');
    expect(content).toContain('No replica has counted one since it started.');
  });

  test('reported values are escaped', async () => {
    const evil = '"><script>alert(1)</script>';
    const content = await render(snapshot([replica(1, { address: evil, sid: evil, version: evil })]));
    expect(content).not.toContain('<script>');
  });
});

test('the script gets the status of each replica and nothing else', () => {
  expect(statuses([replica(1), replica(2, { state: 'gone', isLost: true })])).toEqual([
    { address: '10.0.0.5:1', state: 'ready', isLost: false },
    { address: '10.0.0.5:2', state: 'gone', isLost: true },
  ]);
});

describe('the headline', () => {
  const lost = { state: 'gone', isLost: true } as const;
  const refused = (...counts: number[]) => ({ history: { ...snapshot([]).history, refused: counts } });

  test.each<[string, Snapshot, Headline['level']]>([
    ['All 2 replicas are ready.', snapshot([replica(1), replica(2)]), 'ok'],
    ['The replica is ready.', snapshot([replica(1), replica(2, { state: 'gone' })]), 'ok'],
    ['Replica 10.0.0.5:2 is lost.', snapshot([replica(1), replica(2, lost)]), 'problem'],
    ['2 replicas are lost.', snapshot([replica(1), replica(2, lost), replica(3, lost)]), 'problem'],
    ['1 replica draining.', snapshot([replica(1), replica(2, { state: 'draining' })]), 'busy'],
    ['No replica is ready.', snapshot([replica(1, { state: 'gone' })]), 'problem'],
    ['No replica is known yet.', snapshot([]), 'busy'],
    ['7 requests failed in the last 15 seconds.', snapshot([replica(1)], refused(90, 4, 3, 0)), 'problem'],
    ['The replica is ready.', snapshot([replica(1)], refused(9, 0, 0, 0)), 'ok'],
  ])('%s', async (text, shown, level) => {
    expect(headline(shown)).toEqual({ level, text });
    expect(await render(shown)).toContain(`<p class="card headline ${level}" id="headline">${text}</p>`);
  });
});

test('while the database is unavailable, no value is presented as current', async () => {
  const shown = snapshot([replica(1, {}, 7), replica(2, { state: 'gone' })]);
  const content = `${await outdatedContent(shown, 'The database is not available.', TIME_MS)}`;
  expect(content).toContain('The database is not available. What is shown below is from 03:04:05 UTC.');
  expect(content).toMatch(/Requests per second<\/dt><dd><b>–</);
  expect(content).toMatch(/<b>0<\/b> <span>of 1</);
  expect(content).toMatch(/class="state unknown">/);
  expect(content).not.toMatch(/class="state ready">/);
  expect(content).not.toContain('7 clients');
});

test.each<[Incident, string]>([
  [
    { kind: 'lost', addresses: ['10.0.0.5:1'], fromMs: TIME_MS, untilMs: null },
    'Since 03:04:05 UTC: replica 10.0.0.5:1 is lost.',
  ],
  [
    { kind: 'lost', addresses: ['10.0.0.5:1'], fromMs: TIME_MS, untilMs: TIME_MS + 4000 },
    '03:04:05 to 03:04:09 UTC: replica 10.0.0.5:1 was lost.',
  ],
  [
    { kind: 'database', addresses: ['a', 'b', 'c'], fromMs: TIME_MS, untilMs: TIME_MS + 9000 },
    '03:04:05 to 03:04:14 UTC: 3 replicas could not reach the database.',
  ],
])('an incident is shown in one line: %j', async (incident, line) => {
  const shown = snapshot([replica(1)], { incidents: [incident] });
  expect(await render(shown)).toContain(line);
  expect(dashboardText(shown)).toContain(line);
});

describe('the requests of the last five minutes', () => {
  const row = (content: string, route: string) =>
    new RegExp(`<code>${route}</code>(.*?)</tr>`, 's').exec(content)?.[1] ?? '';
  const cells = (html: string) => [...html.matchAll(/<td[^>]*>([^<]*)</g)].map(([, text]) => text);

  test('are shown by route and status class, with a bar whose length is the share of the busiest route', async () => {
    const shown = [traffic('/', { '2xx': 1000 }), traffic('/cart/:item', { '2xx': 150, '3xx': 50, '5xx': 50 })];
    const content = await render(snapshot([replica(1)], { traffic: shown }));
    expect(cells(row(content, '/'))).toEqual(['1,000', '–', '–', '–']);
    expect(cells(row(content, '/cart/:item'))).toEqual(['150', '50', '–', '50']);
    const bars = [...row(content, '/cart/:item').matchAll(/class="status-(\dxx)" x="([\d.]+)" width="([\d.]+)"/g)];
    expect(bars.map(([, ...part]) => part)).toEqual([
      ['2xx', '0', '15'],
      ['3xx', '15', '5'],
      ['5xx', '20', '5'],
    ]);
  });

  test('have a column for 1xx only when there are such responses', async () => {
    const plain = await render(snapshot([replica(1)], { traffic: [traffic('/', { '2xx': 1 })] }));
    const upgraded = await render(snapshot([replica(1)], { traffic: [traffic('/ws', { '1xx': 1 })] }));
    expect([plain.includes('>1xx<'), upgraded.includes('>1xx<')]).toEqual([false, true]);
  });

  test('name the eight busiest routes, and add up the rest', async () => {
    const shown = Array.from({ length: 10 }, (_, index) => traffic(`/route-${index}`, { '2xx': 20 - index }));
    const content = await render(snapshot([replica(1)], { traffic: shown }));
    expect([content.includes('/route-7'), content.includes('/route-8')]).toEqual([true, false]);
    expect(content).toContain('Not listed: 23 requests to 2 more routes.');
  });
});

describe('sessions', () => {
  test('are shown for each running replica and in total', async () => {
    const [a, b] = [replica(1), replica(2)];
    a.figures.sessions = SESSIONS;
    const content = await render(snapshot([a, b, replica(3, { state: 'gone' })], { sessions: SESSIONS }));
    const section = /<section class="card" id="sessions".*?<\/section>/s.exec(content)?.[0] ?? '';
    for (const words of ['12 <small>34.6 kB', '97.5 % <small>of 1,000 reads', '67 <small>1 conflict<'])
      expect(section.split(words)).toHaveLength(3);
    expect(section).toContain('not reported');
    expect(section).not.toContain('10.0.0.5:3');
  });

  test('of an app without any are one sentence', async () => {
    const content = await render(snapshot([replica(1)]));
    expect(content).toContain('No replica has used one.');
    expect(dashboardText(snapshot([replica(1)]))).not.toContain('SESSIONS');
  });
});

describe('the edge', () => {
  const edge: EdgeView = {
    requests: 1240,
    errors: 4,
    verdicts: { new: 1, hit: 1234, moved: 0, invalid: 0, takeover: 3, none: 2 },
    peers: [
      { address: '10.0.0.5:1', answered: 1235, failed: 6, meanMs: 1.25 },
      { address: '10.0.0.5:2', answered: 0, failed: 0, meanMs: null },
    ],
  };

  test('has its answers by verdict, and its tries at each replica', async () => {
    const content = await render(snapshot([replica(1)], { edge }));
    const section = /<section class="card" id="edge".*?<\/section>/s.exec(content)?.[0] ?? '';
    expect(section).toContain('The edge: 1,240 requests');
    expect(section).toMatch(/takeover<\/span> <b>3</);
    expect(section).toMatch(/no replica<\/span> <b>2</);
    expect(section.replace(/<[^>]*>\s*/g, ' ')).toMatch(/10\.0\.0\.5:1 +1,235 +6 +1\.3 +ms +10\.0\.0\.5:2 +0 +– +–/);
  });

  test('is in the text for terminals', () => {
    const text = dashboardText(snapshot([replica(1)], { edge }));
    expect(text).toContain(
      'The edge since it started: 1,240 requests, 4 errors; new 1, hit 1,234, moved 0, invalid 0, takeover 3, none 2',
    );
    expect(text).toMatch(/^10\.0\.0\.5:1 +1,235 +6 +1\.3$/m);
  });

  test('is left out where it is not known', async () => {
    expect(await render(snapshot([replica(1)]))).not.toContain('edge');
    expect(dashboardText(snapshot([replica(1)]))).not.toContain('edge');
  });
});

test('an app that counts no visits has no visits on its dashboard', async () => {
  const { count: _count, ...shown } = snapshot([replica(1)], { traffic: [traffic('/cart', { '2xx': 123, '5xx': 1 })] });
  for (const text of [await render(shown), dashboardText(shown)]) expect(text.toLowerCase()).not.toContain('visit');
  expect(await render(shown)).toMatch(/<dt>Requests<\/dt><dd><b>124<\/b> <span>in the last five minutes/);
});

test('from the logs of balancers: requests by path, no sessions, no versions', async () => {
  const paths = [traffic('/cart', { '2xx': 3 })];
  const shown = snapshot([replica(1, { version: '' })], { source: 'balancers', traffic: paths });
  const page = `${await dashboardContent(shown)}`;
  expect(page).toContain('<th scope="col">Path</th>');
  expect(page).toContain('What the balancers logged');
  expect(page).not.toContain('id="sessions"');
  expect(page).not.toContain('Version');
  expect(dashboardText(shown)).toMatch(/^10\.0\.0\.5:1 .* -$/m);
});

test('the text for terminals has the same data in columns', () => {
  const idle = replica(10, { state: 'gone', isLost: true });
  idle.figures.latencyMs = null;
  const busy = replica(1, {}, 7);
  busy.figures.sessions = SESSIONS;
  const shown = { traffic: [traffic('/cart/:item', { '2xx': 1234, '5xx': 5 })], sessions: SESSIONS };
  expect(dashboardText(snapshot([busy, idle], shown))).toBe(`Replica 10.0.0.5:10 is lost.
98,765 visits, 12.3 requests a second, 7 clients

REPLICA      STATE  REQUESTS/S  CLIENTS  P50 MS  P95 MS  P99 MS  REQUESTS  ERRORS  SINCE (UTC)       VERSION
10.0.0.5:1   ready        12.3        7     1.3    10.0     123     1,234       5  2026-01-02 03:04    1.2.3
10.0.0.5:10  lost            -        -       -       -       -     1,234       5  2026-01-02 03:04    1.2.3

ROUTE        1XX    2XX  3XX  4XX  5XX
/cart/:item    0  1,234    0    0    5

SESSIONS AT  IN MEMORY     SIZE  READS  FROM MEMORY  CHANGES  CONFLICTS
10.0.0.5:1          12  34.6 kB  1,000       97.5 %       67          1
all                 12  34.6 kB  1,000       97.5 %       67          1

 VISIT  REPLICA     VERDICT  TIME (UTC)
98,765  10.0.0.5:1  moved    03:04:05`);
});
