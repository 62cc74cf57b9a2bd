import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Snapshot } from '../../app/replicas/snapshot.ts';
import { startEdgeHarness } from '../../testkit/fronts/edge-harness.ts';
import { openEvents, type StreamEvent } from '../../testkit/http/event-stream.ts';
import { send } from '../../testkit/http/send.ts';
import { hasMysql } from '../../testkit/mysql/database.ts';
import { holdCounter } from '../../testkit/mysql/held-counter.ts';
import { createFaultProxy } from '../../testkit/network/fault-proxy.ts';
import { viaPort } from '../../testkit/network/via-port.ts';
import { type OriginProcess, startOrigin } from '../../testkit/processes/origin.ts';
import { createMigratedDatabase } from '../../testkit/stores/mysql.ts';

const LATER = { timeout: 10_000 };

async function createDatabaseUrl(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return `file:${join(folder, 'visits.sqlite')}`;
}

async function startReplica(databaseUrl: string, env: Record<string, string> = {}): Promise<OriginProcess> {
  const replica = await startOrigin({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'info', ...env });
  onTestFinished(replica.stop);
  return replica;
}

async function openDashboard({ url }: { url: string }) {
  const events = await openEvents(url, '/dashboard/events');
  onTestFinished(events.close);
  return events;
}

/** Waits for an event of a replica's stream, and opens the stream again when it ends, as a browser does. */
function watchFor(replica: OriginProcess, isWanted: (event: StreamEvent) => boolean): Promise<StreamEvent> {
  return vi.waitFor(async () => (await openDashboard(replica)).until(isWanted), { timeout: 20_000 });
}

async function snapshotOf({ url }: { url: string }, headers: Record<string, string> = {}): Promise<Snapshot> {
  const { body } = await send(url, { path: '/dashboard', headers: { Accept: 'application/json', ...headers } });
  return JSON.parse(`${body}`) as Snapshot;
}

/** Returns a predicate: whether an event shows the replica in this state. */
function shows({ address }: OriginProcess, state: string): (event: StreamEvent) => boolean {
  return ({ data }) =>
    (data.replicas as { address: string; state: string }[]).some(
      (replica) => replica.address === address && replica.state === state,
    );
}

describe('the dashboard of any replica', () => {
  test('shows what all of them counted, and no address of a client', async () => {
    const databaseUrl = await createDatabaseUrl();
    const env = { TRUST_PROXY: 'nginx from loopback' };
    const [a, b] = [await startReplica(databaseUrl, env), await startReplica(databaseUrl, env)];
    const headers = { 'X-Real-IP': '203.0.113.77' };
    for (const { url } of [a, a, b]) await send(url, { headers });
    const snapshot = await vi.waitFor(
      async () => {
        const seen = await snapshotOf(a, { 'X-Real-IP': '127.0.0.1' });
        expect(Object.fromEntries(seen.replicas.map(({ address, figures }) => [address, figures.visits]))).toEqual({
          [a.address]: 2,
          [b.address]: 1,
        });
        return seen;
      },
      { timeout: 10_000 },
    );
    expect(snapshot.count).toBe(3);
    expect(snapshot.replicas.map(({ state }) => state)).toEqual(['ready', 'ready']);
    expect(snapshot.lastVisits.map(({ number, address }) => [number, address])).toEqual([
      [3, b.address],
      [2, a.address],
      [1, a.address],
    ]);
    expect(snapshot.history.verdicts.new.reduce((sum, count) => sum + count)).toBe(3);
    expect(JSON.stringify(snapshot)).not.toContain('203.0.113.77');
  });

  test('its stream shows a replica appear, and disappear without notice', async () => {
    const databaseUrl = await createDatabaseUrl();
    const a = await startReplica(databaseUrl);
    const events = await openDashboard(a);
    expect([events.status, events.headers['content-type']]).toEqual([200, 'text/event-stream']);
    expect(events.headers['x-accel-buffering']).toBe('no');
    await events.until(shows(a, 'ready'));

    const b = await startReplica(databaseUrl);
    await watchFor(a, shows(b, 'ready'));
    await b.stop();
    await watchFor(a, shows(b, 'gone'));
    expect((await snapshotOf(a)).replicas).toContainEqual(
      expect.objectContaining({ address: b.address, state: 'gone', isLost: true }),
    );
  });

  test("keeps a killed replica's counts, and that it was lost, when it restarts at the same address", async () => {
    const databaseUrl = await createDatabaseUrl();
    const [a, b] = [await startReplica(databaseUrl), await startReplica(databaseUrl)];
    for (const { url } of [b, b, b]) await send(url);
    const ofB = (snapshot: Snapshot) => snapshot.replicas.find(({ address }) => address === b.address);
    await vi.waitFor(async () => expect(ofB(await snapshotOf(a))?.figures.visits).toBe(3), LATER);
    await b.stop();
    const again = await startReplica(databaseUrl, { PORT: new URL(b.url).port });
    expect(again.address).not.toBe(a.address);

    const snapshot = await vi.waitFor(async () => {
      const seen = await snapshotOf(a);
      expect(ofB(seen)).toMatchObject({ state: 'ready', figures: { visits: 0 } });
      return seen;
    }, LATER);
    expect(snapshot.history.verdicts.new.reduce((sum, count) => sum + count)).toBe(3);
    expect(snapshot.lastVisits.map(({ number }) => number)).toEqual([3, 2, 1]);
    expect(snapshot.incidents).toEqual([
      { kind: 'lost', addresses: [b.address], fromMs: expect.any(Number), untilMs: expect.any(Number) },
    ]);
  });

  test.skipIf(!hasMysql)('its stream shows a replica drain, and stop cleanly', async () => {
    const database = await createMigratedDatabase();
    onTestFinished(database.drop);
    const [a, b] = [await startReplica(database.url), await startReplica(database.url)];
    await watchFor(a, shows(b, 'ready'));
    // A visit that waits for the counter keeps the replica draining.
    const counter = await holdCounter(database);
    const visiting = send(b.url);
    await counter.visitWaits();

    b.process.kill('SIGTERM');
    await watchFor(a, shows(b, 'draining'));
    await counter.letGo();
    expect((await visiting).status).toBe(200);
    await watchFor(a, shows(b, 'gone'));
    expect((await b.exited).code).toBe(0);
    expect((await snapshotOf(a)).replicas).toContainEqual(
      expect.objectContaining({ address: b.address, state: 'gone', isLost: false }),
    );
  });

  test('its stream ends when its replica stops, and does not wait for a watcher that does not read', async () => {
    const replica = await startReplica(await createDatabaseUrl());
    const events = await openDashboard(replica);
    const [host, port] = replica.address.split(':') as [string, string];
    const deaf = connect(Number(port), host).pause();
    onTestFinished(() => void deaf.destroy());
    deaf.write('GET /dashboard/events HTTP/1.1\r\nHost: replica\r\n\r\n');
    await events.until(shows(replica, 'ready'));

    replica.process.kill('SIGTERM');
    while (await events.next());
    expect((await replica.exited).code).toBe(0);
    expect(replica.logLines()).toContainEqual(expect.objectContaining({ msg: 'drained' }));
  });

  test.skipIf(!hasMysql)('its stream reports an outage of the database, and continues afterwards', async () => {
    const database = await createMigratedDatabase();
    onTestFinished(database.drop);
    const gate = await createFaultProxy(Number(new URL(database.url).port));
    onTestFinished(gate.shut);
    const replica = await startReplica(viaPort(database.url, gate.port));
    const events = await openDashboard(replica);
    await events.until(shows(replica, 'ready'));

    await gate.shut();
    const away = await events.until(({ name }) => name === 'unavailable');
    expect(away.data).toEqual({ message: 'The database is not available.', html: expect.any(String) });
    expect(away.data.html).toContain('class="card headline problem"');
    expect(away.data.html).not.toContain('class="state ready"');
    // A visit that fails during the outage is shown afterwards.
    expect((await send(replica.url)).status).toBe(503);
    const hasMissed = () => expect(replica.output()).toContain('self-report failed');
    await vi.waitFor(hasMissed, LATER);
    await gate.open();
    await events.until((event) => event.name === 'snapshot' && shows(replica, 'ready')(event));
    await vi.waitFor(async () => {
      const { history, incidents } = await snapshotOf(replica);
      expect(history.refused.reduce((sum, count) => sum + count)).toBe(1);
      expect(incidents).toEqual([expect.objectContaining({ kind: 'database', addresses: [replica.address] })]);
    }, LATER);
  });

  test('rejects clients of other networks, by the addresses that the balancer reports', async () => {
    const replica = await startReplica(await createDatabaseUrl(), { TRUST_PROXY: 'nginx from loopback' });
    const headers = { 'X-Real-IP': '203.0.113.77' };
    for (const path of ['/dashboard', '/dashboard/events']) {
      expect((await send(replica.url, { path, headers })).status).toBe(403);
    }
  });

  test('with a token accepts only requests with that token, which is in no log', async () => {
    const databaseUrl = await createDatabaseUrl();
    const replica = await startReplica(databaseUrl, { DASHBOARD: 'token', DASHBOARD_TOKEN: 'a-token-for-this-test' });
    const ask = (headers: Record<string, string>) => send(replica.url, { path: '/dashboard', headers });
    expect((await ask({})).status).toBe(401);
    expect((await ask({ Authorization: 'Bearer a-token-for-this-test' })).status).toBe(200);
    expect(replica.output()).not.toContain('a-token-for-this-test');
  });
});

test('the edge alone shows the counter of its own database', async () => {
  const edge = await startEdgeHarness();
  onTestFinished(edge.close);
  await send(edge.url);
  const headers = { Accept: 'application/json', 'CF-Connecting-IP': '127.0.0.1' };
  const { status, body } = await send(edge.url, { path: '/dashboard', headers });
  expect([status, JSON.parse(`${body}`)]).toEqual([200, expect.objectContaining({ count: 1, replicas: [] })]);
});
