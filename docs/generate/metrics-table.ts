import { createSessionStats } from '../../app/sessions/session-stats.ts';
import { createMetrics } from '../../origin/metrics/metrics.ts';
import { readMetrics } from '../../testkit/http/metrics.ts';
import { markdownTable } from '../../testkit/prose/markdown-table.ts';
import { createEdgeFigures } from '../../worker/balancer/edge-figures.ts';
import { edgeMetrics } from '../../worker/host/edge-metrics.ts';

/** Returns a Markdown table of a replica's own metrics, from what one exposes. */
export async function metricsTable(): Promise<string> {
  const metrics = createMetrics();
  metrics.watchConnections({ getConnection: () => Promise.reject(new Error('not asked for')), end: async () => {} }, 1);
  metrics.watchServers({ names: ['db-1:3306'], primary: () => undefined });
  metrics.watchReplica({
    visits: { queued: () => 0, unfinished: () => 0 },
    queueLimit: 1,
    isDraining: () => false,
    isReporting: () => true,
    replicas: { list: async () => [] },
  });
  metrics.watchSessions({
    stats: createSessionStats(),
    cache: { size: () => ({ copies: 0, bytes: 0 }) },
    changes: { unfinished: () => 0 },
  });
  return tableOf((await metrics.expose({ openMetrics: false })).text);
}

/** Returns a Markdown table of the edge's metrics. */
export async function edgeMetricsTable(): Promise<string> {
  const figures = createEdgeFigures();
  figures.began();
  figures.answered({ method: 'GET', status: 200, affinity: 'hit', durationMs: 1 });
  figures.tried('a', 'answered', 1);
  return tableOf(await edgeMetrics(figures.report(['a'])).metrics());
}

function tableOf(text: string): string {
  const samples = readMetrics(text);
  const rows = [...text.matchAll(/^# HELP (mooring_\w+) (.*)\n# TYPE \w+ (\w+)$/gm)].map(([, name, help, type]) => {
    const sample = samples.find((line) => line.name === (type === 'histogram' ? `${name}_bucket` : name));
    const labels = Object.keys(sample?.labels ?? {}).filter((label) => label !== 'le');
    return [`\`${name}\``, type as string, labels.map((label) => `\`${label}\``).join(', '), help as string];
  });
  return markdownTable(['Metric', 'Type', 'Labels', 'What it is'], rows);
}
