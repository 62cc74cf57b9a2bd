import type { AffinityVerdict } from './affinity/verdict.ts';
import type { ClientInfo } from './client/client-info.ts';
import type { PageContext } from './pages/layout.ts';
import type { RequestEvent } from './replicas/request-event.ts';
import type { Session } from './sessions/session.ts';

/** The identity of the replica that answers. */
export interface ReplicaIdentity {
  /** Its internal IP, which `GET /` returns as text. */
  ip: string;
  /** The address that its balancer connects to, `ip:port`. */
  address: string;
  /** Its server id, which the balancer puts into the affinity cookie. */
  sid: string;
}

/** The variables that handlers and middleware find in a request's context. */
export interface AppEnv {
  Variables: {
    client: ClientInfo;
    affinity: AffinityVerdict;
    page: PageContext;
    session: Session;
    visit?: RequestEvent['visit'];
    /** Set when the client gave up its affinity with this request. */
    hasLetGo?: true;
  };
}
