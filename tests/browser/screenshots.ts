import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { type ClusterProcess, startCluster } from '../support/cluster-process.ts';
import { startFleet } from '../support/fleet.ts';
import { type SlowReader, startSlowReader } from './slow-reader.ts';

// Takes the pictures of docs/ from three replicas under load, one of which is draining: `npm run screenshots`.

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const WIDE = { width: 1200, height: 750 };
const PHONE = { width: 390, height: 844 };
/** Long enough for the chart to have something to show. */
const LOAD_MS = 100_000;

const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
const cluster = await startCluster(`file:${join(folder, 'visits.sqlite')}`);
const browser = await launchBrowser();
const fleet = startFleet(cluster.edgeUrl, { clients: 48, pauseMs: 1500, forgetful: 0.01 });
try {
  console.log(`visiting for ${LOAD_MS / 1000} seconds …`);
  await setTimeout(LOAD_MS);
  await showVisits(browser, cluster);
  await showDashboards(browser, cluster);
} finally {
  await fleet.stop();
  await browser.close();
  await cluster.end('SIGKILL');
  await rm(folder, { recursive: true });
}

async function showVisits(browser: Browser, { edgeUrl }: ClusterProcess): Promise<void> {
  for (const [name, colorScheme, viewport] of [
    ['visit-light', 'light', WIDE],
    ['visit-dark', 'dark', WIDE],
    ['visit-phone', 'light', PHONE],
  ] as const) {
    const page = await (await browser.newContext({ colorScheme, viewport })).newPage();
    await page.goto(edgeUrl);
    for (let visit = 0; visit < 3; visit++) {
      const number = await page.textContent('[data-field="number"]');
      await page.getByRole('button', { name: 'Visit again' }).click();
      await page
        .locator('[data-field="number"]')
        .filter({ hasNotText: `${number}` })
        .waitFor();
    }
    // A mooring that is some time old shows more than a new one.
    await setTimeout(7000);
    await take(page, name);
  }
}

async function showDashboards(browser: Browser, { edgeUrl, replicaPids }: ClusterProcess): Promise<void> {
  const open = async (colorScheme: 'light' | 'dark', viewport: typeof WIDE) => {
    const page = await (await browser.newContext({ colorScheme, viewport })).newPage();
    await page.goto(`${edgeUrl}/dashboard`);
    await page.locator('[data-link="live"]').waitFor();
    return page;
  };
  const pages = {
    'dashboard-light': await open('light', WIDE),
    'dashboard-dark': await open('dark', WIDE),
    'dashboard-phone': await open('light', PHONE),
  };
  const [address, pid] = [...replicaPids()][1] as [string, number];
  const reader: SlowReader = await startSlowReader(`http://${address}`, '/assets/uplot.js');
  process.kill(pid, 'SIGTERM');
  for (const [name, page] of Object.entries(pages)) {
    await page.locator('#replicas .state', { hasText: 'draining' }).waitFor();
    await take(page, name);
  }
  reader.leave();
}

async function take(page: Page, name: string): Promise<void> {
  const path = join(DOCS, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  console.log(path);
}
