import { UserError } from '../app/lib/user-error.ts';
import { turnOrder } from './turn-order.ts';

/** A run was broken off. */
export class InterruptedError extends UserError {
  override name = 'InterruptedError';
  override message = 'broken off; nothing was written';
}

export interface ByTurnsOptions {
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
 * Measures contenders side by side: in each round each of them once, so that what the machine does meanwhile meets all alike.
 * The one that begins changes from round to round, and so does the one that each follows.
 *
 * @throws {InterruptedError} when it is broken off
 */
export async function byTurns<C extends Contest>(contest: C, options: ByTurnsOptions): Promise<Results<C>> {
  const { rounds, signal, onMeasure = () => {} } = options;
  const contenders = Object.entries(contest) as [string, () => Promise<unknown>][];
  const results: Record<string, unknown[]> = Object.fromEntries(contenders.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const index of turnOrder(contenders.length, round)) {
      const [name, measure] = contenders[index] as (typeof contenders)[number];
      if (signal?.aborted) throw new InterruptedError();
      onMeasure(name, round + 1);
      results[name]?.push(await measure());
    }
  }
  return results as Results<C>;
}
