import { expect, test } from 'vitest';
import { run } from './command.ts';

test('returns an output of several megabytes', async () => {
  const bytes = 3 * 1024 * 1024;
  expect(await run('sh', ['-c', `head -c ${bytes} /dev/zero | tr '\\0' x`])).toHaveLength(bytes);
});

test('fails with what the program wrote to its standard error', async () => {
  await expect(run('sh', ['-c', 'echo no >&2; exit 1'])).rejects.toThrow(/^no$/);
});
