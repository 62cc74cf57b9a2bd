import type { AffinityVerdict } from './affinity/verdict.ts';
import type { ClientInfo } from './client/client-info.ts';
import type { PageContext } from './pages/layout.ts';
import type { RequestEvent } from './replicas/request-event.ts';

/** The replica that answers. */
export interface ReplicaIdentity {
  /** Its internal IP, what `GET /` answers. */
  ip: string;
  /** How its balancer dials it, `ip:port`. */
  address: string;
  /** Its server id, what the balancer puts in the affinity cookie. */
  sid: string;
}

/** What handlers and middleware find in a request's context. */
export interface AppEnv {
  Variables: {
    client: ClientInfo;
    affinity: AffinityVerdict;
    page: PageContext;
    visit?: RequestEvent['visit'];
  };
}
