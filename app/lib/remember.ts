import { LRUCache } from 'lru-cache';

/** How many results are kept, and of what text length at most, which bounds the memory. */
const RESULTS = 1000;
const MAX_TEXT_LENGTH = 100;

/**
 * Returns a function with the same results, which remembers the results for recent texts. For what is computed per request from
 * texts that repeat, such as addresses. `compute` must depend on nothing but the text.
 */
export function remember<T extends NonNullable<unknown>>(
  compute: (text: string) => T | undefined,
): (text: string) => T | undefined {
  const results = new LRUCache<string, T>({ max: RESULTS });

  return (text) => {
    const known = results.get(text);
    if (known !== undefined) return known;
    const result = compute(text);
    if (text.length <= MAX_TEXT_LENGTH) results.set(text, result);
    return result;
  };
}
