import { Counter, Gauge, type Metric, Registry } from 'prom-client';
import { DURATION_BUCKETS_SECONDS } from '../../app/replicas/duration-buckets.ts';
import type { EdgeReport } from '../../app/replicas/edge-report.ts';

const DURATION = 'mooring_edge_request_duration_seconds';

/** Returns an edge's report as metrics. */
export function edgeMetrics({ inFlight, requests, durations, tries }: EdgeReport): Registry {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: 'mooring_edge_requests_in_flight',
    help: 'Requests whose answer has not begun.',
    registers,
  }).set(inFlight);
  const answered = new Counter({
    name: 'mooring_edge_requests_total',
    help: "Requests answered, by method, status code and affinity verdict; the verdict of the edge's own answers is none.",
    labelNames: ['method', 'status', 'affinity'],
    registers,
  });
  for (const { count, ...labels } of requests) answered.inc(labels, count);
  registry.registerMetric(durationMetric(durations));
  const tried = new Counter({
    name: 'mooring_edge_tries_total',
    help: 'Tries at a replica, by its address and outcome: answered or failed.',
    labelNames: ['peer', 'outcome'],
    registers,
  });
  const took = new Counter({
    name: 'mooring_edge_try_seconds_total',
    help: 'Time that these tries took until the headers of the answer or the failure, by address.',
    labelNames: ['peer'],
    registers,
  });
  for (const { peer, answered, failed, seconds } of tries) {
    tried.inc({ peer, outcome: 'answered' }, answered);
    tried.inc({ peer, outcome: 'failed' }, failed);
    took.inc({ peer }, seconds);
  }
  return registry;
}

/** A histogram from counts that the worker has made. The library's own can only be observed, one value at a time. */
function durationMetric(durations: EdgeReport['durations']): Metric {
  const values = durations.flatMap(({ statusClass: status_class, counts, seconds }) => {
    let count = 0;
    const buckets = counts.map((more, index) => {
      count += more;
      const le = DURATION_BUCKETS_SECONDS[index] ?? '+Inf';
      return { metricName: `${DURATION}_bucket`, labels: { le, status_class }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${DURATION}_sum`, labels: { status_class }, value: seconds },
      { metricName: `${DURATION}_count`, labels: { status_class }, value: count },
    ];
  });
  const help = 'Time until the headers of the answer, by status class (2xx and so on).';
  const metric = { name: DURATION, help, type: 'histogram', aggregator: 'sum', values };
  return { name: DURATION, type: 'histogram', get: async () => metric } as unknown as Metric;
}
