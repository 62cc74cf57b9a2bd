import { createRecentCounts } from './recent-counts.ts';
import { SESSION_COUNTERS, type SessionCounter, type SessionFigures } from './registry.ts';

/** The sessions of a replica: what it holds now, and what it did since its start. */
export interface SessionState {
  cache: { size(): { copies: number; bytes: number } };
  stats: Readonly<Record<SessionCounter, number>>;
}

/** Turns what a replica did with sessions since its start into what it did in the last minutes. */
export interface SessionRecorder {
  /** Continues the counts of the previous process. */
  resume(previous: SessionFigures): void;
  /** Call it every few seconds: what happened since the last call counts as happening now. */
  figures(): SessionFigures;
}

/** @param nowMs wall-clock time, in milliseconds since the epoch */
export function createSessionRecorder({ cache, stats }: SessionState, nowMs: () => number = Date.now): SessionRecorder {
  const recent = createRecentCounts(nowMs);
  const before: Record<SessionCounter, number> = { ...stats };

  return {
    resume: (previous) => recent.resume(previous.recent),
    figures() {
      for (const name of SESSION_COUNTERS) {
        const count = stats[name] - before[name];
        if (count > 0) recent.add(name, count);
        before[name] = stats[name];
      }
      return { ...cache.size(), recent: recent.report() };
    },
  };
}
