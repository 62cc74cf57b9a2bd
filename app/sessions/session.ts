import type { DeepReadonly } from '../lib/freeze.ts';
import type { SessionData } from './session-data.ts';

/** A session's state at one moment. It cannot be modified. */
export type SessionSnapshot = DeepReadonly<SessionData>;

/** The session of the client that makes a request: `c.var.session`. */
export interface Session {
  /**
   * Returns the session's state; undefined when the client has no session. Creates nothing. Reads again when the state that
   * the request knows is older than a second, as in a stream.
   *
   * @throws {StoreUnavailableError} when the database is needed and does not answer
   */
  get(): Promise<SessionSnapshot | undefined>;
  /**
   * Replaces the session's state with what `change` returns, and creates the session if there is none. Resolves with the new
   * state when it is committed. `change` receives the current state, `{}` for a new session, and must be a pure function: it
   * runs again when another replica changed the session meanwhile, and not at all when a retried request finds its change
   * made. The order of changes identifies them, so a request must make the same ones whatever the state is: put conditions
   * into `change`, not around `update`.
   *
   * @throws {SessionTooLargeError} when the new state is too large
   * @throws {SessionNotJsonError} when the new state is not JSON
   * @throws {SessionConflictError} when other changes came first each time until the deadline
   * @throws {SessionEndedError} when the session ended after this request had read it, or has just been given a new id by
   *   another request
   * @throws {StoreUnavailableError} when the database does not answer; the change may have been made
   *
   * @example
   * await c.var.session.update(({ cart = [], ...rest }) => ({ ...rest, cart: [...cart, item] }));
   */
  update(change: (data: SessionSnapshot) => SessionData | SessionSnapshot): Promise<SessionSnapshot>;
  /**
   * Gives the session a new id and ends the old one. Call it at login, so that nobody who knew the old id is logged in, too.
   * Does nothing when there is no session, or when this request has given it its id.
   *
   * @throws what `update` throws, unless it is about the new state
   */
  regenerate(): Promise<void>;
  /**
   * Ends the session for good. One that has ended already stays so.
   *
   * @throws {SessionEndedError} when another request has just given the session a new id, under which it lives on
   * @throws what `update` throws, unless it is about the new state
   */
  destroy(): Promise<void>;
  /** Where the session was last read from; undefined when it was not read or there is none. */
  source(): 'memory' | 'database' | undefined;
}
