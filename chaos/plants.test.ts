import { access, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CHECKS } from './checks/all.ts';
import { PLANT_NAMES, PLANTS, type Plant } from './plants.ts';
import { PlantError, PROJECT, prepareSources } from './sources.ts';

test.each(PLANT_NAMES)('the bug %s can be made, beside the project, and leaves nothing', async (name) => {
  const { edits, foundBy }: Plant = PLANTS[name];
  const { root, remove } = await prepareSources(edits);
  for (const { file, text, replacement } of edits) {
    const [planted, sound] = await Promise.all([root, PROJECT].map((base) => readFile(new URL(file, base), 'utf8')));
    expect(sound).toContain(text);
    expect(planted).toContain(replacement);
    expect(planted).not.toBe(sound);
  }
  await remove();
  if (edits.length > 0) await expect(access(root)).rejects.toThrow();
  expect(CHECKS.map((check) => check.name)).toEqual(expect.arrayContaining([...foundBy]));
});

test('a bug whose place is gone is told, not left out', async () => {
  const edit = { file: 'package.json', text: 'this is not there', replacement: '' };
  await expect(prepareSources([edit])).rejects.toThrow(PlantError);
});
