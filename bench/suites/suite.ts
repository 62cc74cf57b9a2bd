import { type Contest, type InterleaveOptions, interleave, type Results } from '../interleave.ts';
import type { Row } from '../report.ts';
import { moorClients } from '../sticky-sessions.ts';
import { runWrk, type WrkResult } from '../wrk.ts';

/** What a suite works with. */
export interface Stage {
  /** The server of MySQL, without a database. */
  mysqlUrl: string;
  rounds: number;
  /** How long each measurement takes. */
  seconds: number;
  signal: AbortSignal;
  /** Whether a Docker engine answers here. */
  hasDocker: boolean;
  /** Is told before each measurement. */
  onMeasure: NonNullable<InterleaveOptions['onMeasure']>;
  /** Takes a line of what the processes say. */
  say: (line: string) => void;
}

/** One question, and how it is answered. */
export interface Suite {
  name: string;
  title: string;
  about: string;
  /** The first row is what the others are compared with. */
  measure(stage: Stage): Promise<Row[]>;
}

/** The load that contenders are compared under, where it is not the load that is varied. */
export const CONNECTIONS = 64;

/** Measures contenders by turns, for as many rounds as are wanted. */
export function inRounds<C extends Contest>({ rounds, signal, onMeasure }: Stage, contest: C): Promise<Results<C>> {
  return interleave(contest, { rounds, signal, onMeasure });
}

/**
 * Loads in a closed loop.
 *
 * @param onMoored what is to be done when clients are moored, right before the load
 */
export type ClosedLoad = (onMoored?: () => Promise<void>) => Promise<WrkResult>;

/**
 * Warms the way up; answers how to load it from then on, by as many clients as there are connections.
 *
 * They are moored anew each time: from one round to the next all other contenders have their turns, which may take longer
 * than a mooring lasts, and wrk does not take the cookies that answers renew.
 */
export async function prepareLoad(
  url: string,
  { seconds }: Stage,
  connections: number = CONNECTIONS,
): Promise<ClosedLoad> {
  const load = async (forSeconds: number, onMoored?: () => Promise<void>) => {
    const cookies = await moorClients(url, connections);
    await onMoored?.();
    return runWrk({ url, cookies, connections, seconds: forSeconds });
  };
  await load(1);
  return (onMoored) => load(seconds, onMoored);
}
