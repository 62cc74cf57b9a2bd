import type { AffinityVerdict } from '../affinity/verdict.ts';

/** An answered request, as metrics and the dashboard count it. */
export interface RequestEvent {
  /** The path pattern of the handler that answered, `*` when there was none: never text chosen by the client. */
  route: string;
  /** As the client sent it. */
  method: string;
  status: number;
  affinity: AffinityVerdict;
  /** Time until the response headers were ready. */
  durationMs: number;
  client: RequestingClient;
  /** The visit, when the request was one and was counted. */
  visit?: { number: number; timeMs: number; requestId: string };
}

/** Who made a request, as far as counting clients needs it. */
export interface RequestingClient {
  /** The client's id, when it sent one: only clients that keep cookies do. */
  id: string | undefined;
  /** Its address, or the network that counts as one client. */
  address: string;
  /** Whether it gave up its affinity with this request. */
  hasLetGo: boolean;
}

/** Called after each request. It must neither throw nor block. */
export type RequestObserver = (request: RequestEvent) => void;
