const MIN_DIFFERENT_CHARACTERS = 8;

/**
 * Whether a token is easy to guess whatever its length: few different characters, a part that is repeated, or mostly runs such
 * as `abcd` and `4321`. A random token of 16 hexadecimal digits or more passes.
 */
export function isWeakToken(token: string): boolean {
  if (new Set(token).size < MIN_DIFFERENT_CHARACTERS) return true;
  // Nothing but repetitions of a shorter part, the last one possibly cut off.
  for (let length = 1; length <= token.length / 2; length++) {
    if (token.slice(length) === token.slice(0, -length)) return true;
  }
  const steps = [...token.slice(1)].map((character, index) => character.charCodeAt(0) - token.charCodeAt(index));
  const runs = steps.filter((step) => Math.abs(step) <= 1).length;
  return runs > steps.length / 2;
}
