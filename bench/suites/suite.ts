import { type Contest, type InterleaveOptions, interleave, type Results } from '../interleave.ts';
import type { Row } from '../report.ts';
import { moorClients } from '../sticky-sessions.ts';
import { runWrk, type WrkResult } from '../wrk.ts';

/** What a suite runs with. */
export interface Stage {
  /** URL of the MySQL server, without a database. */
  mysqlUrl: string;
  rounds: number;
  /** Duration of each measurement. */
  seconds: number;
  signal: AbortSignal;
  hasDocker: boolean;
  onMeasure: NonNullable<InterleaveOptions['onMeasure']>;
  /** Called with each line that the processes print. */
  say: (line: string) => void;
}

/** One question and its measurements. */
export interface Suite {
  name: string;
  title: string;
  about: string;
  /** Returns the rows. The first one is the baseline. */
  measure(stage: Stage): Promise<Row[]>;
}

/** Number of connections in the suites that do not vary the load. */
export const CONNECTIONS = 64;

/** Measures candidates alternately, for the chosen number of rounds. */
export function inRounds<C extends Contest>({ rounds, signal, onMeasure }: Stage, contest: C): Promise<Results<C>> {
  return interleave(contest, { rounds, signal, onMeasure });
}

/**
 * Loads a candidate in a closed loop.
 *
 * @param onMoored called when the clients have their affinity, right before the load
 */
export type ClosedLoad = (onMoored?: () => Promise<void>) => Promise<WrkResult>;

/**
 * Warms a candidate up. Returns a function that loads it with one client for each connection.
 *
 * The clients get a new affinity cookie each time: between two rounds the other candidates are measured, which may take
 * longer than a cookie lasts, and wrk ignores renewed cookies.
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
