import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chartOf } from './chart.ts';
import type { Report } from './report.ts';
import { documentOf } from './table.ts';

/**
 * Writes `bench.json`, `bench.md` and, for the suite side-by-side, `bench.svg`.
 *
 * @param folder created if it does not exist
 */
export async function writeReport(report: Report, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Write the JSON first: if making the other files from it fails, no measurement is lost.
  await writeFile(join(folder, 'bench.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFile(join(folder, 'bench.md'), documentOf(report));
  const [first] = report.tables;
  if (first?.suite === 'side-by-side') await writeFile(join(folder, 'bench.svg'), chartOf(first));
}
