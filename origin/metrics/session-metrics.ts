import { Counter, Gauge, type Registry } from 'prom-client';
import type { SessionCache } from '../../app/sessions/session-cache.ts';
import type { SessionStats } from '../../app/sessions/session-stats.ts';

/** The parts of a replica's sessions that are measured. */
export interface MeasuredSessions {
  stats: SessionStats;
  cache: Pick<SessionCache, 'size'>;
  changes: { unfinished(): number };
}

/** Creates metrics of a replica's sessions, read at each scrape. */
export function createSessionMetrics(registry: Registry, { stats, cache, changes }: MeasuredSessions): void {
  const registers = [registry];

  /** A counter of something that the sessions themselves count. */
  function counter<L extends string>(
    name: string,
    help: string,
    values: () => { labels: Record<L, string>; value: number }[],
  ) {
    const labelNames = Object.keys(values()[0]?.labels ?? {}) as L[];
    new Counter({
      name,
      help,
      labelNames,
      collect() {
        this.reset();
        for (const { labels, value } of values()) this.inc(labels, value);
      },
      registers,
    });
  }

  function gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      collect() {
        this.set(value());
      },
      registers,
    });
  }

  counter('mooring_session_reads_total', "Sessions read, from this replica's memory or from the database.", () => [
    { labels: { source: 'memory' }, value: stats.memoryReads },
    { labels: { source: 'database' }, value: stats.databaseReads },
  ]);
  counter('mooring_session_commits_total', 'Committed changes of sessions.', () => [
    { labels: {}, value: stats.commits },
  ]);
  counter(
    'mooring_session_conflicts_total',
    'Changes made again, because another replica had changed the session.',
    () => [{ labels: {}, value: stats.conflicts }],
  );
  gauge('mooring_session_copies', "Sessions in this replica's memory.", () => cache.size().copies);
  gauge('mooring_session_cache_bytes', 'About how much memory they take.', () => cache.size().bytes);
  gauge('mooring_session_changes_in_flight', 'Changes that wait or are being committed.', changes.unfinished);
}
