import { access, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { patchOf } from './mutants.ts';
import { PROJECT, prepareWorkspace } from './workspace.ts';

test('a bug is made in a copy of the project, which is removed afterwards', async () => {
  const { root, remove } = await prepareWorkspace(patchOf('death'));
  const [planted, sound] = await Promise.all(
    [root, PROJECT].map((base) => readFile(new URL('origin/main.ts', base), 'utf8')),
  );
  expect(planted).toContain('setTimeout(() => process.exit(1), 15_000)');
  expect(sound).not.toContain('process.exit(1), 15_000');
  await remove();
  await expect(access(root)).rejects.toThrow();
});

test('a bug that a statement makes needs no copy', async () => {
  expect((await prepareWorkspace(patchOf('no-unique-key'))).root).toBe(PROJECT);
});
