import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createSessionStats } from '../../app/sessions/session-stats.ts';
import { readMetrics } from '../../testkit/http/metrics.ts';
import { createSessionMetrics } from './session-metrics.ts';

test('each scrape has the current figures', async () => {
  const registry = new Registry();
  const stats = createSessionStats();
  const cache = { size: () => ({ copies: 3, bytes: 4000 }) };
  createSessionMetrics(registry, { stats, cache, changes: { unfinished: () => 2 } });
  for (const factor of [1, 2]) {
    Object.assign(stats, {
      memoryReads: 10 * factor,
      databaseReads: 5 * factor,
      commits: 4 * factor,
      conflicts: factor,
    });
    const samples = readMetrics(await registry.metrics());
    const sampleOf = (name: string, source?: string) =>
      samples.find((sample) => sample.name === name && sample.labels.source === source)?.value;
    expect(sampleOf('mooring_session_reads_total', 'memory')).toBe(10 * factor);
    expect(sampleOf('mooring_session_reads_total', 'database')).toBe(5 * factor);
    expect(sampleOf('mooring_session_commits_total')).toBe(4 * factor);
    expect(sampleOf('mooring_session_conflicts_total')).toBe(factor);
    expect(sampleOf('mooring_session_copies')).toBe(3);
    expect(sampleOf('mooring_session_cache_bytes')).toBe(4000);
    expect(sampleOf('mooring_session_changes_in_flight')).toBe(2);
  }
});
