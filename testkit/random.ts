/** Reproducible randomness: the same seed and index give the same sequence. */
export interface Random {
  /** Returns an integer from `min` to `max`, both included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Returns `length` random bytes. */
  bytes(length: number): Buffer;
  /** Returns `length` random characters of an alphabet. */
  text(length: number, alphabet?: string): string;
}

const VISIBLE = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join('');

/** Creates the generator for one input of a run. */
export function createRandom(seed: number, index: number): Random {
  let state = mix(mix(seed >>> 0) ^ (index >>> 0));

  /** Mulberry32: 32 bits, good enough for test inputs. */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    return mix(state) / 0x1_0000_0000;
  }

  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    int,
    chance: (probability) => next() < probability,
    pick: (from) => from[int(0, from.length - 1)] as (typeof from)[number],
    bytes: (length) => Buffer.from(Array.from({ length }, () => int(0, 255))),
    text: (length, alphabet = VISIBLE) => Array.from({ length }, () => alphabet[int(0, alphabet.length - 1)]).join(''),
  };
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 15), value | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
