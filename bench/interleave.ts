import { UserError } from '../app/lib/user-error.ts';
import { turnOrder } from './turn-order.ts';

/** A run was broken off. */
export class InterruptedError extends UserError {
  override name = 'InterruptedError';
  override message = 'broken off; nothing was written';
}

export interface InterleaveOptions {
  rounds: number;
  /** Breaks it off before the next measurement. */
  signal?: AbortSignal | undefined;
  /** Is told before each measurement. */
  onMeasure?: (name: string, round: number) => void;
}

/** Contenders by name, each with how to measure it once. */
export type Contest = Partial<Record<string, () => Promise<unknown>>>;

/** What was measured of each contender, by round. */
export type Results<C extends Contest> = { [Name in keyof C]: Awaited<ReturnType<NonNullable<C[Name]>>>[] };

/**
 * Measures candidates side by side: in each round each of them once, so that what the machine does meanwhile meets all alike.
 * The one that begins changes from round to round, and so does the one that each follows.
 *
 * @throws {InterruptedError} when it is broken off
 */
export async function interleave<C extends Contest>(contest: C, options: InterleaveOptions): Promise<Results<C>> {
  const { rounds, signal, onMeasure = () => {} } = options;
  const candidates = Object.entries(contest) as [string, () => Promise<unknown>][];
  const results: Record<string, unknown[]> = Object.fromEntries(candidates.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const index of turnOrder(candidates.length, round)) {
      const [name, measure] = candidates[index] as (typeof candidates)[number];
      if (signal?.aborted) throw new InterruptedError();
      onMeasure(name, round + 1);
      results[name]?.push(await measure());
    }
  }
  return results as Results<C>;
}
