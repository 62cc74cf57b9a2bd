/** Counts what has begun and not ended. */
export interface InFlight {
  count(): number;
  begin(): void;
  end(): void;
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>;
}

export function createInFlight(): InFlight {
  let count = 0;
  const onIdle: (() => void)[] = [];
  return {
    count: () => count,
    begin() {
      count++;
    },
    end() {
      count--;
      if (count === 0) for (const resolve of onIdle.splice(0)) resolve();
    },
    idle() {
      return new Promise((resolve) => {
        if (count === 0) resolve();
        else onIdle.push(resolve);
      });
    },
  };
}
