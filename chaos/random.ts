/** Pseudo-random numbers that are the same for the same seed. */
export interface Random {
  /** From 0 up to 1, which it never is. */
  fraction(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  /** Whether something comes true that does so this often: 0 to 1. */
  chance(probability: number): boolean;
  /** The same things in another order. */
  shuffled<T>(things: readonly T[]): T[];
  /** Numbers of their own, whatever is drawn here. */
  fork(name: string): Random;
}

/** Builds the generator Mulberry32: 32 bits of state are plenty to choose faults by. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function fraction(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const between = (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1));
  return {
    fraction,
    between,
    chance: (probability) => fraction() < probability,
    shuffled(things) {
      const order = things.map((thing) => ({ thing, key: fraction() }));
      return order.sort((a, b) => a.key - b.key).map(({ thing }) => thing);
    },
    fork: (name) => createRandom([...name].reduce((hash, letter) => Math.imul(hash, 31) + letter.charCodeAt(0), seed)),
  };
}
