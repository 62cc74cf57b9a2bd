import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { logFileName, logsToPrune, pruneLogs } from './prune-logs.ts';

/** Log files of a replica, each written later than the one before. */
function filesOf(address: string, numbers: number[], fromMs = 0) {
  return numbers.map((number, index) => ({ ...logFileName(address, number), modifiedMs: fromMs + index }));
}

const names = (files: { name: string }[]) => files.map(({ name }) => name).sort();

test.each([
  ['10.0.0.5:5000', 'mooring-10.0.0.5-5000.7.log'],
  ['[fd00::1]:5000', 'mooring--fd00--1--5000.7.log'],
])('the files of %s are named %s', (address, name) => {
  expect(logFileName(address, 7).name).toBe(name);
});

describe('logsToPrune returns', () => {
  test('all but the last five files of a replica, sorted numerically: 10 is after 9', () => {
    expect(names(logsToPrune(filesOf('a:1', [8, 9, 10, 11, 12, 7, 6])))).toEqual([
      'mooring-a-1.6.log',
      'mooring-a-1.7.log',
    ]);
  });

  test('no file of a replica that has five, whatever others have', () => {
    const files = [...filesOf('a:1', [1, 2, 3, 4, 5]), ...filesOf('a:11', [1, 2]), ...filesOf('b:1', [9])];
    expect(logsToPrune(files)).toEqual([]);
  });

  test('the files written longest ago, when there are more than a hundred', () => {
    const gone = filesOf('gone:1', [1, 2, 3], 1000);
    const there = Array.from({ length: 33 }, (_, index) => filesOf(`there-${index}:1`, [4, 5, 6], 2000)).flat();
    expect(names(logsToPrune([...there, ...gone]))).toEqual(['mooring-gone-1.1.log', 'mooring-gone-1.2.log']);
  });

  test('nothing for an empty folder', () => {
    expect(logsToPrune([])).toEqual([]);
  });
});

describe('pruneLogs', () => {
  async function makeFolder(files: string[]): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const [index, name] of files.entries()) {
      await writeFile(join(folder, name), name);
      await utimes(join(folder, name), index + 1, index + 1);
    }
    return folder;
  }

  test('removes log files only', async () => {
    const others = ['access.1.log', 'mooring.log', 'mooring-a-1.log', 'mooring-a-1.0.log.gz', 'xmooring-a-1.0.log'];
    const folder = await makeFolder([...others, ...filesOf('a:1', [0, 1, 2, 3, 4, 5, 6]).map(({ name }) => name)]);
    await mkdir(join(folder, 'mooring'));
    await pruneLogs(folder);
    const kept = [2, 3, 4, 5, 6].map((number) => `mooring-a-1.${number}.log`);
    expect(await readdir(folder)).toEqual([...others, ...kept, 'mooring'].sort());
  });

  test('keeps a hundred files, even when five replicas prune at once', async () => {
    const replicas = Array.from({ length: 60 }, (_, index) => `10.0.0.${index + 100}:5000`);
    const files = replicas.flatMap((address) => filesOf(address, [1, 2])).map(({ name }) => name);
    const folder = await makeFolder(files);
    await Promise.all(Array.from({ length: 5 }, () => pruneLogs(folder)));
    expect(await readdir(folder)).toEqual(files.slice(20).sort());
  });
});
