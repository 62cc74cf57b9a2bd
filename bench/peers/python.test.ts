import { expect, test } from 'vitest';
import { MissingPeerError } from './peer.ts';
import { findPython } from './python.ts';

test('a missing Python module is reported with the package that contains it', async () => {
  const finding = findPython({ no_such_module: 'python3-no-such-module' });

  await expect(finding).rejects.toThrow(MissingPeerError);
  // On a machine without Python, `python3` is named, too.
  await expect(finding).rejects.toThrow(/apt-get install (python3 )?python3-no-such-module$/);
});
