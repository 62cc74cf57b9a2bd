import { sha256 } from '../lib/sha256.ts';

const ID_BYTES = 32;

/** Returns a random id of 256 bits, in base64url. */
export function newSessionId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace('=', '');
}

/** Returns the SHA-256 of an id, in hexadecimal. The database holds only this, which nobody can use as a cookie. */
export function hashSessionId(id: string): string {
  return sha256(id);
}

/** An id with its hash. */
export interface SessionIdentity {
  id: string;
  idHash: string;
}

export function identify(id: string): SessionIdentity {
  return { id, idHash: hashSessionId(id) };
}
