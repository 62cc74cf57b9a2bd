import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { applyPatch } from './apply-patch.ts';
import { MUTANT_NAMES, patchOf } from './mutants.ts';
import { PROJECT } from './workspace.ts';

const patches = MUTANT_NAMES.map(patchOf).filter((patch) => patch !== undefined);

test.each(patches)('%s applies to this checkout', async (patch) => {
  await applyPatch(patch, PROJECT, { isDryRun: true });
});

test('a patch that does not apply is an error that names it and says how to refresh it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'a.patch'), '--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-sound\n+bug\n');
  await writeFile(join(folder, 'a.ts'), 'changed\n');
  const apply = applyPatch('a.patch', pathToFileURL(`${folder}/`));
  await expect(apply).rejects.toThrow(/^a\.patch does not apply: .*a\.ts.*git apply --3way a\.patch/s);
});
