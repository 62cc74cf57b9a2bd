import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { networkAt } from './network-tools.ts';

test('a command fails unless its network is gone', async () => {
  await expect(networkAt(fileURLToPath(import.meta.url)).run('false')).rejects.toThrow();
  expect(await networkAt('/there/is/no/such/network').run('false')).toBeUndefined();
});
