import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chartOf } from './chart.ts';
import type { Report } from './report.ts';
import { documentOf } from './table.ts';

/**
 * Writes `bench.json`, `bench.md` and, of those who were measured side by side, `bench.svg`.
 *
 * @param folder is made if there is none
 */
export async function writeReport(report: Report, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  // All else is made of it: whatever might keep that from being made, what was measured is not lost.
  await writeFile(join(folder, 'bench.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFile(join(folder, 'bench.md'), documentOf(report));
  const [first] = report.tables;
  if (first?.suite === 'side-by-side') await writeFile(join(folder, 'bench.svg'), chartOf(first));
}
