/** Slots by number, of which the latest are kept: what happened in the last so many seconds. */
export interface TimeBuckets<T> {
  /** The slot of this number, empty when it is asked for first; the one it takes the place of is gone. */
  at(number: number): T;
  /** So many slots up to this number, empty ones where nothing happened. */
  upTo(last: number, count: number): T[];
}

/** Builds a ring of `size` slots. */
export function createTimeBuckets<T>(size: number, empty: () => T): TimeBuckets<T> {
  const slots: ({ number: number; value: T } | undefined)[] = Array.from({ length: size });
  const find = (number: number) => {
    const slot = slots[number % size];
    return slot?.number === number ? slot.value : undefined;
  };

  return {
    at(number) {
      const found = find(number);
      if (found !== undefined) return found;
      const value = empty();
      slots[number % size] = { number, value };
      return value;
    },
    upTo(last, count) {
      return Array.from({ length: count }, (_, index) => find(last - count + 1 + index) ?? empty());
    },
  };
}
