import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { delay } from '../../app/lib/delay.ts';
import { createCommandLine } from '../../cli/command-line.ts';
import { runMain } from '../../cli/run-main.ts';
import { launchBrowser } from '../../testkit/browser/browser.ts';
import { startLoadClients } from '../../testkit/http/load-clients.ts';
import { type ClusterProcess, startCluster } from '../../testkit/processes/cluster.ts';

const commandLine = createCommandLine({
  command: 'npm run screenshots',
  about: 'Takes the pictures of docs/img/ from three replicas under load, one of them draining. Needs a Chromium.',
  flags: {},
});

const IMAGES = fileURLToPath(new URL('../../docs/img/', import.meta.url));
const WIDE = { width: 1200, height: 750 };
const TALL = { width: 1200, height: 1046 };
const PHONE = { width: 390, height: 844 };
/** Long enough for the chart to have data. */
const LOAD_MS = 100_000;

/** A replica drains for a moment only, so the page must be stopped in that state. */
const STOP_AT_DRAINING = `{
  const listen = EventSource.prototype.addEventListener;
  let isOver = false;
  EventSource.prototype.addEventListener = function (name, take) {
    listen.call(this, name, (event) => {
      if (!isOver) take(event);
      isOver ||= name === 'snapshot' && event.data.includes('"state":"draining"');
    });
  };
}`;

async function main(args: string[]): Promise<void> {
  commandLine.parse(args);
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  const cluster = await startCluster(`file:${join(folder, 'visits.sqlite')}`);
  const browser = await launchBrowser();
  const fleet = startLoadClients(cluster.edgeUrl, { clients: 48, pauseMs: 1500, forgetful: 0.01 });
  try {
    console.log(`visiting for ${LOAD_MS / 1000} seconds …`);
    await delay(LOAD_MS / 2);
    // Its clients move, and it comes back.
    process.kill([...cluster.replicaPids().values()][2] as number, 'SIGKILL');
    await delay(LOAD_MS / 2);
    await showVisits(browser, cluster);
    await showDashboards(browser, cluster);
  } finally {
    await fleet.stop();
    await browser.close();
    await cluster.end('SIGKILL');
    await rm(folder, { recursive: true });
  }
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
    // A cookie that is some seconds old shows more than a new one.
    await delay(7000);
    await take(page, name);
  }
}

async function showDashboards(browser: Browser, { edgeUrl, replicaPids }: ClusterProcess): Promise<void> {
  const open = async (colorScheme: 'light' | 'dark', viewport: typeof WIDE) => {
    const context = await browser.newContext({ colorScheme, viewport });
    await context.addInitScript(STOP_AT_DRAINING);
    const page = await context.newPage();
    await page.goto(`${edgeUrl}/dashboard`);
    await page.locator('[data-link="live"]').waitFor();
    return page;
  };
  const pages = {
    'dashboard-light': await open('light', TALL),
    'dashboard-dark': await open('dark', TALL),
    'dashboard-phone': await open('light', { ...PHONE, height: 1400 }),
  };
  let left = Object.keys(pages).length;
  const taking = Object.entries(pages).map(async ([name, page]) => {
    await page.locator('#replicas .draining').waitFor({ timeout: 120_000 });
    await take(page, name);
    left--;
  });
  for (let turn = 1; left > 0; turn++) {
    const [address, pid] = [...replicaPids()][turn % 3] as [string, number];
    // An open stream keeps the replica draining for half a second.
    const watcher = await fetch(`http://${address}/dashboard/events`);
    process.kill(pid, 'SIGTERM');
    await delay(5000);
    await watcher.body?.cancel();
  }
  await Promise.all(taking);
}

async function take(page: Page, name: string): Promise<void> {
  const path = join(IMAGES, `${name}.png`);
  await page.screenshot({ path, fullPage: name.startsWith('visit') });
  console.log(path);
}

await runMain({ name: 'mooring screenshots', usage: commandLine.usage, main });
