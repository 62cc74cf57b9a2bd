import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Report, Row } from './report.ts';
import { writeReport } from './write-report.ts';

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'new');
}

function reportOf(rows: Row[]): Report {
  const table = { suite: 'side-by-side', title: 'Side by side', about: 'All at once.', rows };
  return { date: '2026-11-21', machine: '2 processors', programs: [], rounds: 1, seconds: 1, tables: [table] };
}

test('a report is written as JSON, as a document and as a chart', async () => {
  const folder = await makeFolder();
  const report = reportOf([{ name: 'Mooring', figures: { ratio: { median: 1, min: 1, max: 1 } } }]);
  await writeReport(report, folder);
  expect((await readdir(folder)).toSorted()).toEqual(['bench.json', 'bench.md', 'bench.svg']);
  expect(JSON.parse(await readFile(join(folder, 'bench.json'), 'utf8'))).toEqual(report);
});

test('measurements that cannot be shown are written to JSON nevertheless', async () => {
  const folder = await makeFolder();
  const unreadable = { name: 'Mooring', figures: { ratio: { median: null, min: null, max: null } } };
  await expect(writeReport(reportOf([unreadable as unknown as Row]), folder)).rejects.toThrow(TypeError);
  expect(await readdir(folder)).toEqual(['bench.json']);
});
