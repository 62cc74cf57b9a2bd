import type { AffinityVerdict } from '../affinity/verdict.ts';

/** An answered request, as metrics and the dashboard count it. */
export interface RequestEvent {
  /** The path pattern of the handler that answered, `*` when there was none: never text chosen by the client. */
  route: string;
  status: number;
  affinity: AffinityVerdict;
  /** Time until the response headers were ready. */
  durationMs: number;
  /** The visit, when the request was one and was counted. */
  visit?: { number: number; timeMs: number; requestId: string; clientId: string };
}

/** Called after each request. It must neither throw nor block. */
export type RequestObserver = (request: RequestEvent) => void;
