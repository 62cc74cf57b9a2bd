import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { hasBrowser, launchBrowser } from '../../testkit/browser/browser.ts';
import { openPage } from '../../testkit/browser/page.ts';
import { startFront } from '../../testkit/fronts/fronts.ts';
import { send } from '../../testkit/http/send.ts';
import { hasMysql } from '../../testkit/mysql/database.ts';
import { holdCounter } from '../../testkit/mysql/held-counter.ts';
import { createFaultProxy } from '../../testkit/network/fault-proxy.ts';
import { viaPort } from '../../testkit/network/via-port.ts';
import { type OriginProcess, startOrigin } from '../../testkit/processes/origin.ts';
import { createMigratedDatabase } from '../../testkit/stores/mysql.ts';

/** How soon the dashboard shows a change of a replica. */
const SOON = { timeout: 3000, interval: 50 };
const LATER = { timeout: 15_000, interval: 50 };

const NEWS = '[data-news]';
const LINK = '[data-link]';

describe.runIf(hasBrowser)('the dashboard', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-'));
    onTestFinished(() => rm(folder, { recursive: true }));
  });

  async function startReplica(
    url = `file:${join(folder, 'visits.sqlite')}`,
    env: Record<string, string> = {},
  ): Promise<OriginProcess> {
    const replica = await startOrigin({ DATABASE_URL: url, ...env });
    onTestFinished(replica.stop);
    return replica;
  }

  async function openDashboard(url: string): Promise<Page> {
    const { page } = await openPage(browser);
    await page.goto(`${url}/dashboard`);
    await page.locator(LINK, { hasText: 'Live' }).waitFor();
    return page;
  }

  const row = (page: Page, address: string) => page.locator('#replicas tbody tr', { hasText: address });

  async function shows(page: Page, { address }: Pick<OriginProcess, 'address'>, state: string, when = SOON) {
    const label = row(page, address).locator('.state');
    await vi.waitFor(async () => expect(await label.textContent({ timeout: 100 })).toBe(state), when);
    expect(await page.locator('.berths li', { hasText: address }).locator('.state').textContent()).toBe(state);
  }

  test('a killed replica is shown lost, and a new one ready, within three seconds, and each is announced', async () => {
    const [a, b] = [await startReplica(), await startReplica()];
    const page = await openDashboard(a.url);
    await shows(page, b, 'ready');
    b.process.kill('SIGKILL');
    await shows(page, b, 'gone, lost');
    expect(await page.textContent(NEWS)).toBe(`Replica ${b.address} is gone: it was lost.`);

    const c = await startReplica();
    await shows(page, c, 'ready');
    expect(await page.textContent(NEWS)).toBe(`Replica ${c.address} has come.`);
  });

  test.skipIf(!hasMysql)(
    'a replica that is stopped is shown draining, and then gone, within three seconds',
    async () => {
      const database = await createMigratedDatabase();
      onTestFinished(database.drop);
      const [a, b] = [await startReplica(database.url), await startReplica(database.url)];
      const page = await openDashboard(a.url);
      await shows(page, b, 'ready');
      // A visit that waits for the counter keeps the replica draining.
      const counter = await holdCounter(database);
      const visiting = send(b.url);
      await counter.visitWaits();
      b.process.kill('SIGTERM');
      await shows(page, b, 'draining');
      expect(await page.textContent(NEWS)).toBe(`Replica ${b.address} is draining.`);
      await counter.letGo();
      await visiting;
      await shows(page, b, 'gone, stopped');
      expect(await page.textContent(NEWS)).toBe(`Replica ${b.address} is gone: it has stopped.`);
    },
  );

  test('it shows the number of visits, and announces no number in the live region', async () => {
    const a = await startReplica();
    const page = await openDashboard(a.url);
    for (let visit = 0; visit < 3; visit++) await send(a.url);
    await vi.waitFor(async () => expect(await page.textContent('#tiles b')).toBe('3'), SOON);
    const lastVisits = page.locator('#last-visits tbody tr');
    await vi.waitFor(async () => expect(await lastVisits.count()).toBe(3), SOON);
    await vi.waitFor(async () => expect(await page.textContent('.sums')).toMatch(/new 3/), SOON);
    expect(await page.textContent(NEWS)).toBe('');
  });

  test('a selection stays while the page changes', async () => {
    const a = await startReplica();
    const page = await openDashboard(a.url);
    await row(page, a.address).locator('th').selectText();
    const selection = () => page.evaluate('String(getSelection()).trim()');
    expect(await selection()).toBe(a.address);
    await send(a.url);
    await vi.waitFor(async () => expect(await page.textContent('#tiles b')).toBe('1'), SOON);
    expect(await selection()).toBe(a.address);
  });

  test('a rejected stream is requested again', async () => {
    const a = await startReplica();
    const { page } = await openPage(browser);
    let refusals = 0;
    await page.route('**/dashboard/events', (route) =>
      refusals++ < 2 ? route.fulfill({ status: 503, body: 'no' }) : route.fallback(),
    );
    await page.goto(`${a.url}/dashboard`);
    await page.locator(LINK, { hasText: 'Live' }).waitFor();
    expect(refusals).toBe(3);
  });

  test.skipIf(!hasMysql)(
    'during an outage of the database the headline reports it and no replica is shown ready; afterwards the outage is listed',
    async () => {
      const database = await createMigratedDatabase();
      onTestFinished(database.drop);
      const gate = await createFaultProxy(Number(new URL(database.url).port));
      onTestFinished(gate.shut);
      const a = await startReplica(viaPort(database.url, gate.port));
      const page = await openDashboard(a.url);
      await shows(page, a, 'ready');
      const headline = page.locator('#headline');
      expect(await headline.textContent()).toBe('The replica is ready.');

      await gate.shut();
      await shows(page, a, 'unknown', LATER);
      expect(await headline.textContent()).toMatch(
        /^The database is not available\. What is shown below is from [\d:]+ UTC\.$/,
      );
      expect(await page.locator('#tiles').textContent()).toMatch(/Requests per second\s*–/);

      // An outage is listed when a report was missed. The page learns of the outage sooner.
      await vi.waitFor(() => expect(a.output()).toContain('self-report failed'), LATER);
      await gate.open();
      await shows(page, a, 'ready', LATER);
      await page.locator('#incidents li', { hasText: `replica ${a.address} could not reach the database.` }).waitFor();
    },
  );

  test('the loss and the return of the connection are announced', async () => {
    const a = await startReplica();
    const page = await openDashboard(a.url);
    await page.context().setOffline(true);
    await a.stop();
    await page.locator(NEWS, { hasText: 'The connection was lost.' }).waitFor({ state: 'attached' });
    expect(await page.textContent(LINK)).toBe('Connecting …');
    const port = new URL(a.url).port;
    const env = { DATABASE_URL: `file:${join(folder, 'visits.sqlite')}`, PORT: port };
    onTestFinished((await startOrigin(env)).stop);
    await page.context().setOffline(false);
    await page.locator(NEWS, { hasText: 'The connection is back.' }).waitFor({ state: 'attached' });
  });

  test('it outlives the replica that serves it, behind the edge', async () => {
    // Start the replica without a supervisor: `npm start` could restart it before the page asks again.
    const trusting = { TRUST_PROXY: 'nginx from loopback' };
    const replicas = [await startReplica(undefined, trusting), await startReplica(undefined, trusting)];
    const edge = await startFront('worker', { peers: replicas.map(({ url }) => url) });
    onTestFinished(edge.close);
    const { page } = await openPage(browser);
    const stream = page.waitForResponse('**/dashboard/events');
    await page.goto(`${edge.url}/dashboard`);
    const server = (await stream).headers()['x-served-by'] as string;
    const next = page.waitForResponse('**/dashboard/events');
    replicas.find(({ address }) => address === server)?.process.kill('SIGKILL');
    expect((await next).headers()['x-served-by']).not.toBe(server);
    await send(edge.url);
    await vi.waitFor(async () => expect(await page.textContent('#tiles b')).toBe('1'), LATER);
    expect(await page.textContent(LINK)).toBe('Live');
  });
});
