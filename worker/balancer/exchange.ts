import type { ClientInfo } from '../../app/client/client-info.ts';
import type { RequestHead } from './request-head.ts';

/** A request at the balancer, and what became of it. */
export interface Exchange {
  readonly head: RequestHead;
  readonly client: ClientInfo;
  /** The affinity cookie; undefined when the request has none. */
  readonly affinityCookie: string | undefined;
  /** Addresses of the peers tried, in order. */
  readonly peers: string[];
  /** Address of the peer whose response the client gets. */
  answeredBy?: string;
  /** Whether the edge's own handlers answered, which log the request themselves. */
  isTakenOver: boolean;
}
