import type { VisitVerdict } from '../app/replicas/registry.ts';

/** What one line of a balancer's log says. */
export interface LogEntry {
  sender: 'nginx' | 'edge';
  /** The client's request; missing in a line that is about a failed try only. */
  request?: LoggedRequest;
  failedTries: FailedTry[];
}

export interface LoggedRequest {
  /** The client's address, or the network that counts as one client. */
  client: string;
  /** Without the query. */
  path: string;
  /** What the client received. */
  status: number;
  affinity: VisitVerdict | undefined;
  /** Time until the response headers. */
  durationMs: number;
  /** The address of the replica that answered; undefined when no replica did. */
  answeredBy: string | undefined;
  /** How many requests this line stands for: the edge leaves out lines of a client that sends very many requests. */
  count: number;
}

/** A try that the balancer repeated at another replica, or after which it gave up. */
export interface FailedTry {
  address: string;
  /** Whether the replica answered, with a status after which the balancer tried another one. */
  wasAnswered: boolean;
  /** How many tries this stands for: the edge leaves out lines about a replica that fails very often. */
  count: number;
}
