import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hasBrowser, launchBrowser } from '../../testkit/browser/browser.ts';
import { openPage } from '../../testkit/browser/page.ts';
import { send } from '../../testkit/http/send.ts';
import { type ClusterProcess, startCluster } from '../../testkit/processes/cluster.ts';

const NOTICE = '[data-field="notice"]';

describe.runIf(hasBrowser)('the visit page, before three replicas and the edge', () => {
  let folder: string;
  let cluster: ClusterProcess;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-'));
    [cluster, browser] = await Promise.all([startCluster(`file:${join(folder, 'visits.sqlite')}`), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await cluster.end('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const text = async (page: Page, field: string) => (await page.textContent(`[data-field="${field}"]`)) ?? '';

  async function visitAgain(page: Page): Promise<void> {
    const number = await text(page, 'number');
    await page.getByRole('button', { name: 'Visit again' }).click();
    await vi.waitFor(async () => expect(await text(page, 'number')).not.toBe(number), { timeout: 10_000 });
  }

  async function letGo(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Let go' }).click();
    await page.locator(NOTICE).filter({ hasText: 'You have let go' }).waitFor();
  }

  async function countVisits(): Promise<number> {
    return Number((await send(cluster.edgeUrl, { path: '/showcount' })).body);
  }

  test('ten visits without reloading stay on one replica: new, and then nine hits', async () => {
    const { page } = await openPage(browser);
    await page.goto(cluster.edgeUrl);
    const replicas = [await text(page, 'replica')];
    const verdicts = [await text(page, 'label')];
    for (let visit = 1; visit < 10; visit++) {
      await visitAgain(page);
      replicas.push(await text(page, 'replica'));
      verdicts.push(await text(page, 'label'));
    }
    expect(new Set(replicas).size).toBe(1);
    expect(verdicts).toEqual(['new', ...Array(9).fill('hit')]);
    expect(await text(page, 'words')).toContain('You are back');
    expect([...cluster.replicaPids().keys()]).toContain(replicas[0]);
  });

  test('letting go ends both cookies but not the session, and another replica may answer the next visit, which is new', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(cluster.edgeUrl);
    const replicas = new Set<string>();
    for (let round = 0; round < 3; round++) {
      expect((await context.cookies()).map(({ name }) => name).sort()).toEqual(['client_id', 'session', 'srv_id']);
      replicas.add(await text(page, 'replica'));
      const number = Number(await text(page, 'number'));
      await letGo(page);
      expect((await context.cookies()).map(({ name }) => name)).toEqual(['session']);
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/^Not moored/);
      expect(await text(page, 'remaining')).toBe('0:00');
      await visitAgain(page);
      expect(Number(await text(page, 'number'))).toBe(number + 1);
      expect(await text(page, 'label')).toBe('new');
    }
    expect(replicas.size).toBeGreaterThan(1);
  });

  test('the time left counts down, says when the mooring has ended, and restarts with a visit', async () => {
    const { page } = await openPage(browser);
    await page.clock.install();
    await page.goto(cluster.edgeUrl);
    const leftSeconds = async () => {
      const [minutes, seconds] = (await text(page, 'remaining')).split(':').map(Number);
      return (minutes as number) * 60 + (seconds as number);
    };
    const first = await leftSeconds();
    expect(first).toBeLessThanOrEqual(300);
    await page.clock.fastForward(60_000);
    expect(await leftSeconds()).toBeLessThanOrEqual(first - 60);
    expect(await leftSeconds()).toBeGreaterThan(0);

    await page.clock.fastForward(240_000);
    expect(await leftSeconds()).toBe(0);
    expect(await page.textContent(NOTICE)).toContain('the mooring has ended');

    await visitAgain(page);
    expect(await leftSeconds()).toBeGreaterThan(first - 60);
    expect(await page.textContent('h1')).toMatch(/^Moored at/);
  });

  test.each([true, false])(
    'it lists the last visits of this browser, ten at most (JavaScript: %s)',
    async (hasScript) => {
      const { page } = await openPage(browser, { javaScriptEnabled: hasScript });
      await page.goto(cluster.edgeUrl);
      for (let visit = 0; visit < 11; visit++) {
        if (hasScript) await visitAgain(page);
        else await page.reload();
      }
      const rows = page.locator('[data-field="log"] tbody tr');
      expect(await rows.count()).toBe(10);
      const replica = await text(page, 'replica');
      for (const row of await rows.allTextContents()) expect(row).toContain(replica);
      expect(await rows.first().textContent()).toContain(await text(page, 'number'));
    },
  );

  test('S4: after its replica was killed, the list is as it was, and the page says where it was read', async () => {
    const { page } = await openPage(browser);
    await page.goto(cluster.edgeUrl);
    await visitAgain(page);
    const rows = page.locator('[data-field="log"] tbody tr');
    expect(await text(page, 'source')).toBe("Read from this replica's memory.");
    const before = await rows.allTextContents();

    const replica = await text(page, 'replica');
    process.kill(cluster.replicaPids().get(replica) as number, 'SIGKILL');
    await visitAgain(page);
    expect(await text(page, 'label')).toBe('moved');
    expect(await text(page, 'source')).toBe('Read from the database, because you moved to this replica.');
    expect((await rows.allTextContents()).slice(1)).toEqual(before);
    await visitAgain(page);
    expect(await text(page, 'source')).toBe("Read from this replica's memory.");
    await vi.waitFor(() => expect(cluster.replicaPids().size).toBe(3), { timeout: 20_000 });
  });

  test('one load is one visit: assets, icons and prefetched pages count nothing', async () => {
    const { page, context } = await openPage(browser);
    const before = await countVisits();
    await page.goto(cluster.edgeUrl, { waitUntil: 'networkidle' });
    expect(await countVisits()).toBe(before + 1);

    expect((await context.request.get(`${cluster.edgeUrl}/favicon.ico`)).status()).toBe(200);
    for (const purpose of ['prefetch', 'prefetch;prerender']) {
      const headers = { 'Sec-Purpose': purpose, Accept: 'text/html' };
      const answer = await context.request.get(cluster.edgeUrl, { headers });
      expect([answer.status(), answer.headers()['cache-control']]).toEqual([425, 'no-store']);
    }
    expect(await countVisits()).toBe(before + 1);
  });

  test('a failed visit is shown, and the page continues to work', async () => {
    const { page } = await openPage(browser);
    await page.goto(cluster.edgeUrl);
    const url = `${cluster.edgeUrl}/`;
    await page.route(url, (route) => route.abort());
    await page.getByRole('button', { name: 'Visit again' }).click();
    await page.locator(NOTICE).filter({ hasText: 'There was no answer' }).waitFor();
    await page.unroute(url);
    await visitAgain(page);
  });

  test('it works by keyboard: the first stop skips to the content, and both buttons are reached and pressed', async () => {
    const { page } = await openPage(browser);
    await page.goto(cluster.edgeUrl);
    const focused = () => page.textContent(':focus');
    const stops: unknown[] = [];
    for (let stop = 0; stop < 5; stop++) {
      await page.keyboard.press('Tab');
      stops.push(await focused());
    }
    expect(stops).toEqual(['Skip to the content', 'Visit', 'Dashboard', 'Visit again', 'Let go of the mooring']);
    await page.keyboard.press('Enter');
    await page.locator(NOTICE).filter({ hasText: 'You have let go' }).waitFor();
    expect(await focused()).toBe('Let go of the mooring');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Space');
    await page
      .locator(NOTICE)
      .filter({ hasText: /^Visit [\d,]+, new/ })
      .waitFor();
  });
});
