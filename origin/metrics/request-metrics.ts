import { Counter, Histogram, type Registry } from 'prom-client';
import { DURATION_BUCKETS_SECONDS } from '../../app/replicas/duration-buckets.ts';
import { methodLabel } from '../../app/replicas/method-label.ts';
import { VISIT_VERDICTS } from '../../app/replicas/registry.ts';
import type { RequestEvent, RequestObserver } from '../../app/replicas/request-event.ts';
import { statusClassOf } from '../../app/replicas/status-class.ts';

/** Counts and times requests. All labels come from small fixed sets; nothing that a client sends becomes a label. */
export function createRequestMetrics(registry: Registry): RequestObserver {
  const registers = [registry];
  const requests = new Counter({
    name: 'mooring_requests_total',
    help: 'Requests answered, by route pattern (* without a route), method, status code and affinity verdict.',
    labelNames: ['route', 'method', 'status', 'affinity'],
    registers,
  });
  const durations = new Histogram({
    name: 'mooring_request_duration_seconds',
    help: 'Time until the headers of the answer, by route pattern, method and status class (2xx and so on).',
    labelNames: ['route', 'method', 'status_class'],
    buckets: DURATION_BUCKETS_SECONDS,
    registers,
  });

  // Start the series that alerts use at zero: a rate cannot see the first event of a series that begins with it.
  for (const status of [200, 503]) {
    const visit = { route: '/', method: 'GET' };
    durations.zero({ ...visit, status_class: statusClassOf(status) });
    for (const affinity of VISIT_VERDICTS) requests.inc({ ...visit, status, affinity }, 0);
  }

  return ({ route, method: sent, status, affinity, durationMs }: RequestEvent) => {
    const method = methodLabel(sent);
    requests.inc({ route, method, status, affinity });
    durations.observe({ route, method, status_class: statusClassOf(status) }, durationMs / 1000);
  };
}
