import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Snapshot } from '../../app/replicas/snapshot.ts';
import { send } from '../../testkit/http/send.ts';
import { answeredNumbers, createVisitor, serversInTurn, visitInParallel } from '../../testkit/http/visitor.ts';
import { type ClusterProcess, isAlive, startCluster } from '../../testkit/processes/cluster.ts';

let folder: string;
let cluster: ClusterProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  cluster = await startCluster(`file:${join(folder, 'visits.sqlite')}`);
});

afterAll(async () => {
  await cluster.end('SIGKILL');
  await rm(folder, { recursive: true });
});

/** Visits without a cookie this many times. Returns the replicas that answered. */
async function visitAnew(times: number): Promise<(string | undefined)[]> {
  const visitor = createVisitor(cluster.edgeUrl);
  const servers: (string | undefined)[] = [];
  for (let i = 0; i < times; i++) {
    visitor.forgetCookies();
    servers.push((await visitor.visit()).server);
  }
  visitor.close();
  return servers;
}

async function showCount(): Promise<number> {
  const visitor = createVisitor(cluster.edgeUrl);
  const { body } = await visitor.visit('/showcount');
  visitor.close();
  return (JSON.parse(body) as { count: number }).count;
}

describe('the local cluster', () => {
  test('30 visits without a cookie reach all three replicas', async () => {
    expect(new Set(await visitAnew(30)).size).toBe(3);
  });

  test("the dashboard shows the edge's requests, and its tries at each replica", async () => {
    await visitAnew(6);
    const headers = { Accept: 'application/json' };
    const { body } = await send(cluster.edgeUrl, { path: '/dashboard', headers });
    const { edge, replicas } = JSON.parse(body.toString()) as Snapshot;
    expect(edge?.requests).toBeGreaterThanOrEqual(6);
    expect(edge?.verdicts.new).toBeGreaterThanOrEqual(6);
    expect(edge?.peers.map(({ address }) => address)).toEqual(replicas.map(({ address }) => address));
  });

  test('20 visits with one cookie jar reach one replica, and without it another may answer', async () => {
    const visitor = createVisitor(cluster.edgeUrl);
    const servers: (string | undefined)[] = [];
    for (let i = 0; i < 20; i++) servers.push((await visitor.visit()).server);
    expect(new Set(servers).size).toBe(1);

    expect(new Set(await visitAnew(3)).size).toBe(3);
    visitor.close();
  });

  test.each([
    ['an address', 'srv_id=169.254.169.254:80'],
    ['50 kB of garbage', `srv_id=${'z'.repeat(50_000)}`],
  ])('%s as cookie is answered 200 with a fresh cookie', async (_what, cookie) => {
    const { status, headers, setCookies } = await send(cluster.edgeUrl, { headers: { Cookie: cookie } });
    expect([status, headers['x-affinity']]).toEqual([200, 'invalid']);
    expect(setCookies).toContainEqual(expect.stringMatching(/^srv_id=[0-9a-f]{32};/));
  });

  test('a killed replica fails no request; its clients move once, the others stay, and it comes back', async () => {
    const countBefore = await showCount();
    const [victim, victimPid] = [...cluster.replicaPids()][0] as [string, number];
    let killedAt = Number.POSITIVE_INFINITY;
    const trails = await visitInParallel(cluster.edgeUrl, 20, (visits) => {
      if (visits === 400) {
        process.kill(victimPid, 'SIGKILL');
        killedAt = visits;
      }
      return visits >= killedAt + 1000;
    });

    expect(trails.flatMap(({ errors }) => errors)).toEqual([]);
    expect(new Set(trails.flatMap(({ answers }) => answers.map(({ status }) => status)))).toEqual(new Set([200]));
    const turns = trails.map(serversInTurn);
    expect(turns.filter(([first]) => first === victim)).not.toEqual([]);
    for (const [first, ...rest] of turns) {
      if (first === victim) expect(rest).toHaveLength(1);
      else expect(rest).toEqual([]);
    }
    await cluster.printed(new RegExp(`replica ${victim} is back`));
    await vi.waitFor(async () => expect(await visitAnew(3)).toContain(victim), { timeout: 20_000, interval: 200 });

    const numbers = answeredNumbers(trails);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.at(0)).toBe(countBefore + 1);
  });

  test('/showcount is the number of distinct visits that were answered', async () => {
    const before = await showCount();
    const trails = await visitInParallel(cluster.edgeUrl, 8, (visits) => visits >= 200);
    const answered = answeredNumbers(trails);
    expect(await showCount()).toBe(before + answered.length);
    expect(answered).toEqual(answered.map((_, index) => before + 1 + index));
  });
});

test('an edge that is killed comes back on its port', async () => {
  const own = await startCluster(`file:${join(folder, 'edge.sqlite')}`, ['--replicas', '1']);
  const [, pid] = own.output().match(/edge .*pid (\d+)/) as RegExpMatchArray;
  process.kill(Number(pid), 'SIGKILL');
  await own.printed(/edge is back/);
  const visitor = createVisitor(own.edgeUrl);
  expect((await visitor.visit()).status).toBe(200);
  visitor.close();
  await own.end('SIGINT');
});

test.each([
  ['Ctrl-C', 'SIGINT', { code: 0, signal: null }],
  ['a stop by a service manager', 'SIGTERM', { code: 0, signal: null }],
  ['its own kill', 'SIGKILL', { code: null, signal: 'SIGKILL' }],
] as const)('after %s no process and no listener is left', async (_what, signal, end) => {
  const own = await startCluster(`file:${join(folder, `${signal}.sqlite`)}`, ['--replicas', '2']);
  const pids = [...own.output().matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
  expect(pids).toHaveLength(3);
  expect(await own.end(signal)).toEqual(end);
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 10_000 });
  await vi.waitFor(() => expect(createVisitor(own.edgeUrl).visit()).rejects.toThrow(/ECONNREFUSED/), {
    timeout: 10_000,
  });
});

test('npm start is this cluster', async () => {
  const help = await new Promise<string>((resolve, reject) => {
    execFile('npm', ['start', '--silent', '--', '--help'], (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
  expect(help).toMatch(/^Usage: npm start/);
});
