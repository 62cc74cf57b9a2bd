import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hasBrowser, launchBrowser, PLAIN_HOST } from '../../testkit/browser/browser.ts';
import { openPage } from '../../testkit/browser/page.ts';
import { startLoadClients } from '../../testkit/http/load-clients.ts';
import { send } from '../../testkit/http/send.ts';
import { type ClusterProcess, startCluster } from '../../testkit/processes/cluster.ts';

/** With the most bytes that they and all they load may have. */
const PAGES = [
  ['visit page', '/', 100_000],
  ['dashboard', '/dashboard', 110_000],
  ['page of a 404', '/nothing', 100_000],
] as const;

describe.runIf(hasBrowser)('all pages, before three replicas and the edge', () => {
  let folder: string;
  let cluster: ClusterProcess;
  let browser: Browser;
  let axe: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-'));
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    [cluster, browser] = await Promise.all([startCluster(`file:${join(folder, 'visits.sqlite')}`), launchBrowser()]);
    const fleet = startLoadClients(cluster.edgeUrl, { clients: 12, pauseMs: 10, forgetful: 0.2 });
    const count = async () => Number((await send(cluster.edgeUrl, { path: '/showcount' })).body);
    await vi.waitFor(async () => expect(await count()).toBeGreaterThan(100), { timeout: 20_000 });
    await fleet.stop();
  });
  afterAll(async () => {
    await browser.close();
    await cluster.end('SIGKILL');
    await rm(folder, { recursive: true });
  });

  /** Opens a path and waits until the page's scripts have run. */
  async function open(page: Page, path: string): Promise<void> {
    await page.goto(cluster.edgeUrl + path);
    if (path === '/') await page.locator('[data-field="log"] tbody tr').first().waitFor();
    if (path === '/dashboard') await page.locator('[data-link="live"]').waitFor();
  }

  test.each(PAGES)('the %s breaks no rule of its own policy, and nothing on it fails', async (_name, path) => {
    const { page, problems } = await openPage(browser);
    await open(page, path);
    if (path === '/') {
      await page.getByRole('button', { name: 'Let go' }).click();
      await page.locator('[data-mooring="ended"]').waitFor();
      await page.getByRole('button', { name: 'Visit again' }).click();
      await page.locator('[data-mooring="moored"]').waitFor();
    }
    const expected = path === '/nothing' ? problems.filter((problem) => problem.includes('404')) : [];
    expect(problems).toEqual(expected);
  });

  test.each(
    PAGES.flatMap(([name, path]) => [
      [name, 'light', 1280, path] as const,
      [name, 'dark', 1280, path] as const,
      [name, 'light', 390, path] as const,
    ]),
  )('axe finds no serious problem on the %s, %s and %i pixels wide', async (_name, colorScheme, width, path) => {
    const { page } = await openPage(browser, { colorScheme, viewport: { width, height: 900 } });
    await open(page, path);
    await page.evaluate(axe);
    const found = await page.evaluate<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>(
      'axe.run({ resultTypes: ["violations"] })',
    );
    const serious = found.violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });

  test.each(PAGES)('the %s is as wide as the screen, and no wider, at 320 pixels', async (_name, path) => {
    const { page } = await openPage(browser, { viewport: { width: 320, height: 640 } });
    await open(page, path);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });

  test.each(PAGES)(
    'the %s with all it loads (%s) is smaller than %i bytes as it is sent',
    async (_name, path, limit) => {
      const { page } = await openPage(browser);
      const requests: Request[] = [];
      page.on('requestfinished', (request) => requests.push(request));
      await open(page, path);
      const sizes = await Promise.all(requests.map((request) => request.sizes()));
      const bytes = sizes.reduce((sum, size) => sum + size.responseBodySize + size.responseHeadersSize, 0);
      expect(requests.length).toBeGreaterThan(1);
      expect(bytes).toBeLessThan(limit);
    },
  );

  test('the dashboard is redrawn when the colours change', async () => {
    const { page } = await openPage(browser, { colorScheme: 'light' });
    await open(page, '/dashboard');
    const chart = page.locator('[data-chart]');
    const light = await chart.screenshot();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(async () => (await chart.screenshot()).equals(light)).toBe(false);
  });

  describe('without JavaScript', () => {
    const options = { javaScriptEnabled: false };

    test.each(['127.0.0.1', PLAIN_HOST])(
      'the visit page at %s says who answered, and both forms work',
      async (host) => {
        const { page, context } = await openPage(browser, options);
        await page.goto(cluster.edgeUrl.replace('127.0.0.1', host));
        expect(await page.textContent('h1')).toMatch(/^Moored at 127\.0\.0\.1:\d+$/);
        expect(await page.textContent('.lead')).toMatch(/^new/);
        expect(await page.textContent('.mooring')).toContain('The mooring lasts five minutes');
        const replica = await page.textContent('h1');

        await page.getByRole('button', { name: 'Visit again' }).click();
        await page.locator('.lead', { hasText: /^hit/ }).waitFor();
        expect(await page.textContent('h1')).toBe(replica);

        const posted = page.waitForResponse('**/let-go');
        await page.getByRole('button', { name: 'Let go' }).click();
        expect((await posted).status()).toBe(303);
        await page.locator('.lead', { hasText: /^new/ }).waitFor();
        expect((await context.cookies()).map(({ name }) => name).sort()).toEqual(['client_id', 'session', 'srv_id']);
      },
    );

    test('the dashboard shows everything except the chart, and reloads by itself', async () => {
      const { page } = await openPage(browser, options);
      await page.goto(`${cluster.edgeUrl}/dashboard`);
      expect(await page.locator('#replicas tbody tr').count()).toBe(3);
      expect(await page.locator('.ribbons .ribbon').count()).toBe(3);
      expect(await page.textContent('.sums')).toMatch(/hit \d+/);
      expect(await page.locator('[data-chart]').isVisible()).toBe(false);
      await page.waitForRequest('**/dashboard');
    });
  });
});
