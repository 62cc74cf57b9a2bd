import type { BenchDatabase } from '../database.ts';
import { type Contest, type InterleaveOptions, interleave, type Results } from '../interleave.ts';
import type { Row } from '../report.ts';
import { moorClients } from '../sticky-sessions.ts';
import { runWrk, type WrkResult } from '../wrk.ts';

/** What a suite runs with. */
export interface Stage {
  database: BenchDatabase;
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
 * @returns the result, and as `atStart` what `onMoored` returned
 */
export type ClosedLoad = <T = undefined>(onMoored?: () => Promise<T>) => Promise<WrkResult & { atStart: T }>;

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
  const load = async <T>(forSeconds: number, onMoored: () => Promise<T>) => {
    const cookies = await moorClients(url, connections);
    const atStart = await onMoored();
    return { ...(await runWrk({ url, cookies, connections, seconds: forSeconds })), atStart };
  };
  const nothing = async () => undefined;
  await load(1, nothing);
  return <T>(onMoored = nothing as () => Promise<T>) => load(seconds, onMoored);
}
