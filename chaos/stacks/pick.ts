export const LEAST_REPLICAS = 2;
export const MOST_REPLICAS = 5;
const SLOW_MS = [10, 30, 60] as const;

export function pick<T>(things: readonly [T, ...T[]], choice: number): T;
/** @returns undefined when there is none */
export function pick<T>(things: readonly T[], choice: number): T | undefined;
export function pick<T>(things: readonly T[], choice: number): T | undefined {
  return things[choice % things.length];
}

/** Selects a number of replicas other than the present one. */
export function pickCount(present: number, choice: number): number {
  const counts: number[] = [];
  for (let count = LEAST_REPLICAS; count <= MOST_REPLICAS; count++) if (count !== present) counts.push(count);
  return pick(counts, choice) as number;
}

export function pickDelayMs(choice: number): number {
  return pick(SLOW_MS, choice);
}
