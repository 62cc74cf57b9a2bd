import { z } from 'zod';
import { VISIT_VERDICTS } from './registry.ts';

/** What an edge has counted since it started, as JSON. */
export interface EdgeReport {
  inFlight: number;
  /** Answers by the labels of `mooring_edge_requests_total`. */
  requests: { method: string; status: number; affinity: string; count: number }[];
  /** Time until the headers of the answer; `counts` has one more than `DURATION_BUCKETS_SECONDS`, for longer times. */
  durations: { statusClass: string; counts: number[]; seconds: number }[];
  /** Tries at peers that the edge has now, and the time that they took. */
  tries: { peer: string; answered: number; failed: number; seconds: number }[];
}

/** The part that the dashboard shows. During an update the edge may be of another version, so it is validated. */
const SHOWN = z.object({
  requests: z.array(z.object({ status: z.number(), affinity: z.string(), count: z.number() })),
  tries: z.array(z.object({ peer: z.string(), answered: z.number(), failed: z.number(), seconds: z.number() })),
});

/** The verdicts of an edge; `none` is that of its own answers. */
export const EDGE_VERDICTS = [...VISIT_VERDICTS, 'takeover', 'none'] as const;
export type EdgeVerdict = (typeof EDGE_VERDICTS)[number];

/** What the dashboard shows of an edge. */
export interface EdgeView {
  requests: number;
  /** Requests answered with a server error, by whatever answered. */
  errors: number;
  verdicts: Record<EdgeVerdict, number>;
  /** By address. `meanMs` is the time of a try until the headers of the answer or the failure; null without a try. */
  peers: { address: string; answered: number; failed: number; meanMs: number | null }[];
}

const numerically = new Intl.Collator('en', { numeric: true });

/** Returns what the dashboard shows of an edge's report; undefined when it is not one. */
export function viewEdge(report: unknown): EdgeView | undefined {
  const { data } = SHOWN.safeParse(report);
  if (!data) return undefined;
  const { requests, tries } = data;
  const sumOf = (counted: typeof requests) => counted.reduce((sum, { count }) => sum + count, 0);
  const verdicts = EDGE_VERDICTS.map((verdict) => [
    verdict,
    sumOf(requests.filter(({ affinity }) => affinity === verdict)),
  ]);
  return {
    requests: sumOf(requests),
    errors: sumOf(requests.filter(({ status }) => status >= 500)),
    verdicts: Object.fromEntries(verdicts) as EdgeView['verdicts'],
    peers: tries
      .map(({ peer, answered, failed, seconds }) => {
        const count = answered + failed;
        return { address: peer, answered, failed, meanMs: count === 0 ? null : (1000 * seconds) / count };
      })
      .sort((a, b) => numerically.compare(a.address, b.address)),
  };
}
