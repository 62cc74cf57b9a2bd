import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CHECKS } from './checkers/all.ts';
import { MUTANT_NAMES, MUTANTS, patchOf } from './mutants.ts';
import { PROJECT } from './workspace.ts';

const patches = MUTANT_NAMES.map(patchOf).filter((patch) => patch !== undefined);

test('every patch is listed', async () => {
  const files = await readdir(new URL('chaos/mutants/', PROJECT));
  expect(files.map((file) => `chaos/mutants/${file}`).sort()).toEqual([...patches].sort());
});

test.each(MUTANT_NAMES)('what has to find the bug %s is a check', (name) => {
  expect(CHECKS.map((check) => check.name)).toEqual(expect.arrayContaining([...MUTANTS[name].foundBy]));
});
