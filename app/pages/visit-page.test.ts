import { expect, test } from 'vitest';
import type { AffinityVerdict } from '../affinity/verdict.ts';
import { type LastVisits, type ShownVisit, visitPage } from './visit-page.ts';

const VISIT: ShownVisit = {
  number: 12_345,
  timeMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  affinity: 'hit',
  requestId: 'r1',
  server: { ip: '10.0.0.5', address: '10.0.0.5:5000', sid: 'b07a61972b0a0e3c8ad559e0037dfcd2' },
  session: undefined,
};

async function render(visit: Partial<ShownVisit> = {}, hasDashboard = true): Promise<string> {
  return `${await visitPage({ ...VISIT, ...visit }, { asset: (name) => `/assets/v/${name}`, hasVisits: true, hasDashboard })}`;
}

test("shows the replica, the visit's number and the end of the affinity", async () => {
  const page = await render();
  expect(page).toContain('<title>Visit 12,345 · Mooring</title>');
  for (const words of ['10.0.0.5:5000', 'b07a61972b0a0e3c8ad559e0037dfcd2', 'r1', 'until 03:09:05 UTC'])
    expect(page).toContain(words);
});

test.each<[AffinityVerdict, RegExp]>([
  ['new', /Moored at.*You came without a mooring/s],
  ['hit', /Moored at.*You are back/s],
  ['moved', /Moored at.*did not answer/s],
  ['invalid', /Moored at.*named no replica/s],
  ['takeover', /Answered by.*the edge did/s],
])('explains %s', async (affinity, words) => {
  const page = await render({ affinity });
  expect(page).toMatch(words);
  expect(page).toContain(`<span class="verdict ${affinity}">${affinity}</span>`);
});

test.each<[LastVisits['readFrom'], AffinityVerdict, string]>([
  ['memory', 'hit', "Read from this replica's memory."],
  ['database', 'moved', 'Read from the database, because you moved to this replica.'],
  ['database', 'takeover', 'Read from the database, because no replica could answer.'],
  ['database', 'hit', 'Read from the database, because this replica did not have it in memory.'],
  ['nowhere', 'new', 'Your session begins with this visit.'],
  ['failed', 'hit', 'The visit is counted, but your session could not be used now.'],
])('a list read from %s with the verdict %s: %s', async (readFrom, affinity, words) => {
  const visit = { number: 1, timeMs: VISIT.timeMs, affinity, address: '10.0.0.6:5000', sid: 'x' };
  const page = await render({ affinity, session: { readFrom, list: [visit] } });
  expect(page.replaceAll('&#39;', "'")).toContain(`<p data-field="source">${words}</p>`);
  expect(page).toContain('<time datetime="2026-01-02T03:04:05.000Z">03:04:05 UTC</time>');
});

test('values from outside are escaped', async () => {
  const evil = `"><script>alert('1')</script>`;
  const page = await render({ requestId: evil, server: { ip: evil, address: evil, sid: evil } });
  expect(page).not.toContain('<script>');
  expect(page).toContain('&lt;script&gt;');
});

test("flies the flags of the server id's last two characters", async () => {
  expect(await render()).toContain('<use href="#flag-d"/><use href="#flag-2" x="27"/>');
  const none = await render({ server: { ...VISIT.server, sid: 'route-XY' } });
  expect(none).not.toMatch(/href="#flag-[^"0-9a-f]/);
});

test('links to the dashboard if there is one', async () => {
  expect(await render({}, true)).toContain('href="/dashboard"');
  expect(await render({}, false)).not.toContain('href="/dashboard"');
});
