import { expect, test } from 'vitest';
import { MissingPeerError } from './peer.ts';
import { findPython } from './python.ts';

test('a module that no Python has is named by the package that brings it', async () => {
  const finding = findPython({ no_such_module: 'python3-no-such-module' });

  await expect(finding).rejects.toThrow(MissingPeerError);
  // Where there is no Python either, that is named before it.
  await expect(finding).rejects.toThrow(/apt-get install (python3 )?python3-no-such-module$/);
});
