import type { AffinityVerdict } from '../affinity/verdict.ts';

/** A request that was answered, as metrics and the dashboard count it. */
export interface RequestEvent {
  /** The pattern of the route that answered, `*` when there was none: never a word of the client's. */
  route: string;
  status: number;
  affinity: AffinityVerdict;
  /** Until the headers of the answer were there. */
  durationMs: number;
  /** The visit, where it was one and it was counted. */
  visit?: { number: number; timeMs: number; requestId: string; clientId: string };
}

/** Takes note of a request. It must neither throw nor take long. */
export type RequestObserver = (request: RequestEvent) => void;
