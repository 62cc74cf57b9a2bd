import { access, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CHECKS } from './checkers/all.ts';
import { MUTANT_NAMES, MUTANTS, type Mutant } from './mutants.ts';
import { MutantError, PROJECT, prepareWorkspace } from './workspace.ts';

test.each(MUTANT_NAMES)(
  'the bug %s can be made in a copy of the project, which is removed afterwards',
  async (name) => {
    const { edits, foundBy }: Mutant = MUTANTS[name];
    const { root, remove } = await prepareWorkspace(edits);
    for (const { file, text, replacement } of edits) {
      const [planted, sound] = await Promise.all([root, PROJECT].map((base) => readFile(new URL(file, base), 'utf8')));
      expect(sound).toContain(text);
      expect(planted).toContain(replacement);
      expect(planted).not.toBe(sound);
    }
    await remove();
    if (edits.length > 0) await expect(access(root)).rejects.toThrow();
    expect(CHECKS.map((check) => check.name)).toEqual(expect.arrayContaining([...foundBy]));
  },
);

test('a bug whose text is gone is an error, not skipped', async () => {
  const edit = { file: 'package.json', text: 'this is not there', replacement: '' };
  await expect(prepareWorkspace([edit])).rejects.toThrow(MutantError);
});
