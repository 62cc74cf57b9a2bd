import { CANDIDATES, type CandidateName } from './candidates.ts';
import { type FigureName, type Report, rowOf } from './report.ts';
import { ratioSpread } from './spread.ts';
import { rowAt } from './suites/connections.ts';
import { SESSION_LOADS } from './suites/sessions.ts';

/**
 * A target for Mooring that does not depend on the machine: a bound of a ratio of two figures of one run, or of one
 * figure.
 */
export interface Target {
  about: string;
  /** The suite that measures it. */
  suite: string;
  /** The target is met from this value on, or up to it. */
  bound: { atLeast: number } | { atMost: number };
  /** Returns the value; undefined when it was not measured. */
  measure(report: Report): number | undefined;
}

/** All targets, in the order of the report. */
export const TARGETS: readonly Target[] = [
  {
    about: 'visits/s behind Nginx, of the ceiling',
    suite: 'side-by-side',
    bound: { atLeast: 0.55 },
    measure: (report) => ratioOf(report, 'mooring', 'ceiling'),
  },
  {
    about: 'the same at 8 connections',
    suite: 'connections',
    bound: { atLeast: 0.3 },
    measure: (report) => ofConnections(report, 8, 'mooring', 'ceiling'),
  },
  {
    about: 'the same at 512 connections',
    suite: 'connections',
    bound: { atLeast: 0.8 },
    measure: (report) => ofConnections(report, 512, 'mooring', 'ceiling'),
  },
  {
    about: 'visits/s, of tuned Flask',
    suite: 'side-by-side',
    bound: { atLeast: 6 },
    measure: (report) => ratioOf(report, 'mooring', 'flaskTuned'),
  },
  {
    about: 'the same at 8 connections',
    suite: 'connections',
    bound: { atLeast: 2 },
    measure: (report) => ofConnections(report, 8, 'mooring', 'flaskTuned'),
  },
  {
    about: 'visits/s, of the same replicas behind HAProxy',
    suite: 'side-by-side',
    bound: { atLeast: 1 },
    measure: (report) => ratioOf(report, 'mooring', 'haproxy'),
  },
  {
    about: 'visits/s, of the same replicas behind Caddy',
    suite: 'side-by-side',
    bound: { atLeast: 1 },
    measure: (report) => ratioOf(report, 'mooring', 'caddy'),
  },
  {
    about: 'visits/s, of what the usual Flask answers with success',
    suite: 'side-by-side',
    bound: { atLeast: 20 },
    measure: (report) => ratioOf(report, 'mooring', 'flaskUsual'),
  },
  {
    about: 'visits/s, sticky of not sticky',
    suite: 'side-by-side',
    bound: { atLeast: 0.97 },
    measure: (report) => ratioOf(report, 'mooring', 'notSticky'),
  },
  {
    about: 'requests/s of the edge worker, of a worker that only forwards',
    suite: 'side-by-side',
    bound: { atLeast: 0.9 },
    measure: (report) => ratioOf(report, 'workerCeiling', 'forwarder'),
  },
  {
    about: "p99 behind Nginx, of the ceiling's",
    suite: 'side-by-side',
    bound: { atMost: 3 },
    measure: (report) => ratioOf(report, 'mooring', 'ceiling', { figure: 'p99Ms' }),
  },
  {
    about: 'visits/s with 10⁷ rows, of an empty log',
    suite: 'rows',
    bound: { atLeast: 0.95 },
    measure: (report) => rowOf(report, 'rows', '10⁷ visits')?.figures.ratio?.median,
  },
  {
    about: 'visits/s of 8 replicas, of 2',
    suite: 'replicas',
    bound: { atLeast: 0.9 },
    measure: (report) => rowOf(report, 'replicas', '8 replicas')?.figures.ratio?.median,
  },
  {
    about: 'goodput at twice the capacity, of the peak',
    suite: 'overload',
    bound: { atLeast: 0.9 },
    measure: (report) => rowOf(report, 'overload', 'twice as much')?.figures.ratio?.median,
  },
  {
    about: 'memory of a replica at twice the capacity, MB',
    suite: 'overload',
    bound: { atMost: 150 },
    measure: (report) => rowOf(report, 'overload', 'twice as much')?.figures.residentMb?.max,
  },
  {
    about: 'memory of a replica under load, MB',
    suite: 'side-by-side',
    bound: { atMost: 150 },
    measure: (report) => rowOf(report, 'side-by-side', CANDIDATES.mooring)?.figures.residentMb?.max,
  },
  {
    about: 'requests/s of the edge worker, of a worker that only forwards',
    suite: 'edge',
    bound: { atLeast: 0.9 },
    measure: (report) => ratioOf(report, 'workerCeiling', 'forwarder', { suite: 'edge' }),
  },
  {
    about: "CPU of a replica for a visit, of the bare app's",
    suite: 'replica',
    bound: { atMost: 1.2 },
    measure: (report) => ratioOf(report, 'direct', 'bareDirect', { suite: 'replica', figure: 'replicaMicroseconds' }),
  },
  {
    about: 'requests/s of a session read from memory, of the same handler without a session',
    suite: 'sessions',
    bound: { atLeast: 0.95 },
    measure: (report) => ofSessions(report, 'fromMemory', 'none'),
  },
  {
    about: 'requests/s of a session read from memory, of express-session with Redis',
    suite: 'sessions',
    bound: { atLeast: 2 },
    measure: (report) => ofSessions(report, 'fromMemory', 'redisRead'),
  },
  {
    about: 'requests/s of a session written, of express-session with Redis',
    suite: 'sessions',
    bound: { atLeast: 1 },
    measure: (report) => ofSessions(report, 'written', 'redisWritten'),
  },
];

/**
 * Returns a candidate's figure relative to another's: the median of the ratios of all rounds. Undefined without any.
 */
export function ratioOf(
  report: Report,
  one: CandidateName,
  other: CandidateName,
  { suite = 'side-by-side', figure = 'visitsPerSecond' }: { suite?: string; figure?: FigureName } = {},
): number | undefined {
  return ratio(report, { suite, one: CANDIDATES[one], other: CANDIDATES[other], figure });
}

function ofConnections(report: Report, count: number, one: CandidateName, other: CandidateName): number | undefined {
  const names = { one: rowAt(one, count), other: rowAt(other, count) };
  return ratio(report, { suite: 'connections', ...names, figure: 'visitsPerSecond' });
}

type SessionLoad = keyof typeof SESSION_LOADS;

function ofSessions(report: Report, one: SessionLoad, other: SessionLoad): number | undefined {
  const names = { one: SESSION_LOADS[one], other: SESSION_LOADS[other] };
  return ratio(report, { suite: 'sessions', ...names, figure: 'requestsPerSecond' });
}

interface Compared {
  suite: string;
  one: string;
  other: string;
  figure: FigureName;
}

function ratio(report: Report, { suite, one, other, figure }: Compared): number | undefined {
  const [values, bases] = [one, other].map((name) => rowOf(report, suite, name)?.rounds?.[figure]);
  return values === undefined || bases === undefined ? undefined : ratioSpread(values, bases)?.median;
}

/** Whether a measured value meets the target. */
export function isMet({ bound }: Target, value: number): boolean {
  return 'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost;
}
