const MIN_DIFFERENT_CHARACTERS = 8;

/**
 * Whether a token is easy to guess whatever its length: few different characters, a repeated part, or mostly runs such as
 * `abcd` and `4321`. A random token of 16 or more hexadecimal digits passes.
 */
export function isWeakToken(token: string): boolean {
  if (new Set(token).size < MIN_DIFFERENT_CHARACTERS) return true;
  // A repeated part; the last repetition may be cut off.
  for (let length = 1; length <= token.length / 2; length++) {
    if (token.slice(length) === token.slice(0, -length)) return true;
  }
  const steps = [...token.slice(1)].map((character, index) => character.charCodeAt(0) - token.charCodeAt(index));
  const runs = steps.filter((step) => Math.abs(step) <= 1).length;
  return runs > steps.length / 2;
}
