import { DURATION_BUCKETS_SECONDS } from '../../app/replicas/duration-buckets.ts';
import type { EdgeReport } from '../../app/replicas/edge-report.ts';
import { methodLabel } from '../../app/replicas/method-label.ts';
import { VISIT_VERDICTS } from '../../app/replicas/registry.ts';
import { statusClassOf } from '../../app/replicas/status-class.ts';

const AFFINITIES: readonly string[] = [...VISIT_VERDICTS, 'takeover'];

const ALERTED = [
  { status: 200, affinity: 'takeover' },
  { status: 503, affinity: 'takeover' },
  { status: 502, affinity: 'none' },
  { status: 504, affinity: 'none' },
  ...VISIT_VERDICTS.map((affinity) => ({ status: 503, affinity })),
];

export interface Answered {
  method: string;
  status: number;
  /** `X-Affinity`: a verdict, or whatever a replica says; undefined for the edge's own answers. */
  affinity: string | undefined;
  durationMs: number;
}

/** Counts what the edge does. */
export interface EdgeFigures {
  began(): void;
  answered(answer: Answered): void;
  tried(peer: string, outcome: 'answered' | 'failed', durationMs: number): void;
  /** @param peers the addresses of the edge's peers; the figures of others are dropped */
  report(peers: readonly string[]): EdgeReport;
}

/** Creates the figures. Nothing that a client sends becomes a label, so that their number is bounded. */
export function createEdgeFigures(): EdgeFigures {
  let inFlight = 0;
  const requests = new Map<string, EdgeReport['requests'][number]>();
  const durations = new Map<string, EdgeReport['durations'][number]>();
  const tries = new Map<string, EdgeReport['tries'][number]>();
  // Start the series that alerts use at zero: a rate cannot see the first event of a series that begins with it.
  for (const { status, affinity } of ALERTED) countOf('GET', status, affinity);

  function countOf(method: string, status: number, affinity: string): { count: number } {
    return entry(requests, `${method} ${status} ${affinity}`, () => ({ method, status, affinity, count: 0 }));
  }

  return {
    began() {
      inFlight++;
    },
    answered({ method: sent, status, affinity: said = 'none', durationMs }) {
      inFlight--;
      const method = methodLabel(sent);
      const affinity = AFFINITIES.includes(said) ? said : 'none';
      countOf(method, status, affinity).count++;
      const statusClass = statusClassOf(status);
      const counts = () => Array.from({ length: DURATION_BUCKETS_SECONDS.length + 1 }, () => 0);
      const times = entry(durations, statusClass, () => ({ statusClass, counts: counts(), seconds: 0 }));
      const seconds = durationMs / 1000;
      const bucket = DURATION_BUCKETS_SECONDS.findIndex((bound) => seconds <= bound);
      const index = bucket < 0 ? DURATION_BUCKETS_SECONDS.length : bucket;
      times.counts[index] = (times.counts[index] as number) + 1;
      times.seconds += seconds;
    },
    tried(peer, outcome, durationMs) {
      const figures = entry(tries, peer, () => ({ peer, answered: 0, failed: 0, seconds: 0 }));
      figures[outcome]++;
      figures.seconds += durationMs / 1000;
    },
    report(peers) {
      for (const peer of tries.keys()) if (!peers.includes(peer)) tries.delete(peer);
      return {
        inFlight,
        requests: [...requests.values()],
        durations: [...durations.values()],
        tries: [...tries.values()],
      };
    },
  };
}

function entry<T>(map: Map<string, T>, key: string, create: () => T): T {
  const found = map.get(key);
  if (found) return found;
  const created = create();
  map.set(key, created);
  return created;
}
