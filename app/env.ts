import type { AffinityVerdict } from './affinity/verdict.ts';
import type { ClientInfo } from './client/client-info.ts';
import type { Log } from './lib/log.ts';
import type { PageContext } from './pages/layout.ts';
import type { RequestEvent } from './replicas/request-event.ts';
import type { Session } from './sessions/session.ts';
import type { AppDatabase } from './tables/app-database.ts';

/** The identity of the replica that answers. */
export interface ReplicaIdentity {
  /** Its internal IP, which `GET /` returns as text. */
  ip: string;
  /** The address that its balancer connects to, `ip:port`. */
  address: string;
  /** Its server id, which the balancer puts into the affinity cookie. */
  sid: string;
}

/**
 * The routes' own settings. A route that declares settings adds them:
 *
 * @example
 * declare module '../env.ts' {
 *   interface AppSettings extends SettingsValues<typeof settings> {}
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: routes extend it
export interface AppSettings {}

/** The variables that handlers and middleware find in a request's context. */
export interface AppEnv {
  Variables: {
    client: ClientInfo;
    affinity: AffinityVerdict;
    page: PageContext;
    session: Session;
    /** The app's own tables. */
    db: AppDatabase;
    /** Adds the request's id to each line. */
    log: Log;
    /** The values of the routes' own settings. */
    settings: Readonly<AppSettings>;
    visit?: RequestEvent['visit'];
    /** Set when the client gave up its affinity with this request. */
    hasLetGo?: true;
  };
}
