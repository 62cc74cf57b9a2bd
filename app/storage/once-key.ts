import { sha256 } from '../lib/sha256.ts';

/** How long a key of `once` is known. Balancers retry within a minute. */
export const ONCE_KNOWN_MS = 24 * 3_600_000;

/** Returns the SHA-256 of a key, in hexadecimal: keys may be of any length, and in any characters. */
export function hashOnceKey(key: string): string {
  return sha256(key);
}
