import { turnOrder } from './turn-order.ts';

export interface InterleaveOptions {
  rounds: number;
  /** Interrupts the run before the next measurement. */
  signal?: AbortSignal | undefined;
  onMeasure?: (name: string, round: number) => void;
}

/** The candidates by name, each with a function that measures it once. */
export type Contest = Partial<Record<string, () => Promise<unknown>>>;

/** The measurements of each candidate, by round. */
export type Results<C extends Contest> = { [Name in keyof C]: Awaited<ReturnType<NonNullable<C[Name]>>>[] };

/**
 * Measures candidates side by side: each one once in every round, so that disturbances of the machine affect all alike.
 * The order changes from round to round, so that no candidate always comes first or always follows the same one.
 *
 * @throws the signal's reason when the run is interrupted
 */
export async function interleave<C extends Contest>(contest: C, options: InterleaveOptions): Promise<Results<C>> {
  const { rounds, signal, onMeasure = () => {} } = options;
  const candidates = Object.entries(contest) as [string, () => Promise<unknown>][];
  const results: Record<string, unknown[]> = Object.fromEntries(candidates.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const index of turnOrder(candidates.length, round)) {
      const [name, measure] = candidates[index] as (typeof candidates)[number];
      signal?.throwIfAborted();
      onMeasure(name, round + 1);
      results[name]?.push(await measure());
    }
  }
  return results as Results<C>;
}
