/** Keeps the values of the latest numbered slots, for example one per second. */
export interface TimeBuckets<T> {
  /** Returns the value of this slot; creates it on first use, dropping the value whose place it takes. */
  at(number: number): T;
  /** Returns `count` slots up to and including `last`, with empty values where nothing was recorded. */
  upTo(last: number, count: number): T[];
}

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
