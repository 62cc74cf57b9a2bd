import { backoffMs } from '../lib/backoff.ts';
import { delay } from '../lib/delay.ts';
import { type DeepReadonly, freeze } from '../lib/freeze.ts';
import { CommitInDoubtError, StoreUnavailableError } from '../lib/store-errors.ts';
import { SessionConflictError, SessionEndedError } from './errors.ts';
import type { SessionAccess } from './session-access.ts';
import type { SessionCache } from './session-cache.ts';
import type { SessionCookie } from './session-cookie.ts';
import { copyOf, needsTouch, prolonged, rememberChange, type SessionCopy, serialize } from './session-copy.ts';
import type { SessionData } from './session-data.ts';
import { hashSessionId, newSessionId } from './session-id.ts';
import type { SessionStats } from './session-stats.ts';
import type { SessionLifetimes } from './session-store.ts';
import type { TakeTurns } from './turns.ts';

/** A session's state at one moment. It cannot be modified. */
export type SessionSnapshot = DeepReadonly<SessionData>;

/** The session of the client that makes a request: `c.var.session`. */
export interface Session {
  /**
   * Returns the session's state; undefined when the client has no session. Creates nothing.
   *
   * @throws {StoreUnavailableError} when the database is needed and does not answer
   */
  get(): Promise<SessionSnapshot | undefined>;
  /**
   * Replaces the session's state with what `change` returns, and creates the session if there is none. Resolves with the new
   * state when it is committed. `change` receives the current state, `{}` for a new session, and must be a pure function: it
   * runs again when another replica changed the session meanwhile, and not at all when a retried request finds its change
   * made. The order of changes identifies them, so a request must make the same ones whatever the state
   * is: put conditions into `change`, not around `update`.
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
   * Does nothing when there is no session.
   */
  regenerate(): Promise<void>;
  /** Ends the session for good. */
  destroy(): Promise<void>;
  /** Where the session was last read from; undefined when it was not read or there is none. */
  source(): 'memory' | 'database' | undefined;
}

export interface SessionDeps {
  access: SessionAccess;
  stats: SessionStats;
  lifetimes: SessionLifetimes;
  /** Maximum size of a session's JSON. */
  maxBytes: number;
  /** The replica's copies. Without it each request reads the database. */
  cache?: SessionCache | undefined;
  /** Lets requests of the same session wait for each other. By default they conflict, and retry. */
  takeTurns?: TakeTurns | undefined;
  /** Receives work that outlives the request. */
  inBackground?: (work: Promise<unknown>) => void;
  /** A clock that never goes back, in milliseconds. */
  monotonicMs: () => number;
  pause?: (ms: number) => Promise<void>;
  /** Returns a number from 0 to 1. */
  random?: () => number;
}

export interface SessionRequest {
  cookie: SessionCookie | undefined;
  requestId: string;
  /** Whether the client's affinity cookie names this replica. Only then may the replica's own copy be current. */
  isHome: boolean;
}

/** What the response must tell the client: its session's new cookie, or that the session is gone. */
export type CookieChange = { set: SessionCookie } | 'remove' | undefined;

/** A session together with the change of its cookie. */
export interface OpenSession extends Session {
  cookieChange(): CookieChange;
}

/** How long a change is tried again after conflicts. */
const CONFLICT_TIMEOUT_MS = 5000;

/** How long the outcome of a commit in doubt is pursued: a killed database server needs some seconds to return. */
const IN_DOUBT_TIMEOUT_MS = 8000;

const CONFLICT_BACKOFF = { firstMs: 2, lastMs: 500 };

/** Opens the session of a request. Reads nothing before it is used. */
export function openSession({ cookie, requestId, isHome }: SessionRequest, deps: SessionDeps): OpenSession {
  const { access, cache, stats, lifetimes, maxBytes, monotonicMs } = deps;
  const { takeTurns = (_key, work) => work(), inBackground = () => {}, pause = delay, random = Math.random } = deps;
  let id = cookie?.id;
  let idHash = id === undefined ? '' : hashSessionId(id);
  let current: SessionCopy | undefined;
  /** The first read of the current id, which concurrent calls of this request share. */
  let loading: Promise<SessionCopy | undefined> | undefined;
  let source: 'memory' | 'database' | undefined;
  /** Whether another request has given the session a new id a moment ago. */
  let isReplaced = false;
  /** Whether a new id that this very request gave the session may be one that its client has not received. */
  let mayFollow = true;
  let cookieChange: CookieChange;
  let changes = 0;
  let latest: Promise<unknown> = Promise.resolve();

  function useId(newId: string | undefined): void {
    id = newId;
    idHash = newId === undefined ? '' : hashSessionId(newId);
    current = undefined;
    loading = undefined;
    isReplaced = false;
  }

  /** Makes a committed state, or one read, the current one of this request and of the replica. */
  function adopt(copy: SessionCopy): SessionCopy {
    if (current && current.version > copy.version) return current;
    current = copy;
    cache?.set(idHash, copy);
    return copy;
  }

  async function load(): Promise<SessionCopy | undefined> {
    if (id === undefined || current) return current;
    loading ??= loadFirst().catch((error) => {
      loading = undefined;
      throw error;
    });
    return await loading;
  }

  async function loadFirst(): Promise<SessionCopy | undefined> {
    const held = isHome ? cache?.get(idHash) : undefined;
    if (!held || held.version < (cookie?.version ?? 0)) return await read();
    source = 'memory';
    stats.memoryReads++;
    current = held;
    return held;
  }

  async function read(): Promise<SessionCopy | undefined> {
    const startMs = monotonicMs();
    const readHash = idHash;
    stats.databaseReads++;
    const stored = await access.read(readHash);
    // Meanwhile this request has given the session another id, or has ended it.
    if (readHash !== idHash) return current;
    if (stored && 'replacedBy' in stored) return await follow(stored.replacedBy);
    source = stored && 'database';
    if (stored) return adopt(copyOf(stored, startMs));
    current = undefined;
    cache?.drop(readHash);
    return undefined;
  }

  /** After a retry: this very request gave the session a new id, which its client has never received. Uses yet another id. */
  async function follow(replacedBy: string): Promise<SessionCopy | undefined> {
    current = undefined;
    isReplaced = true;
    if (!mayFollow || !replacedBy.startsWith(`${requestId}#`)) return undefined;
    const newId = newSessionId();
    const newIdHash = hashSessionId(newId);
    if (!(await access.commit({ kind: 'replaceAgain', idHash, newIdHash, key: replacedBy }))) return undefined;
    useId(newId);
    const copy = await read();
    if (copy) cookieChange = { set: { id: newId, version: copy.version } };
    return copy;
  }

  /** Returns the newest state that this replica knows: a later request of the same session may have changed it. */
  async function base(isFirst: boolean): Promise<SessionCopy | undefined> {
    if (!isFirst) return await read();
    const loaded = await load();
    const held = loaded && cache?.get(idHash);
    return held && held.version >= loaded.version ? held : loaded;
  }

  /**
   * Repeats `attempt` until it returns something, with the current state each time. Undefined stands for a conflict with
   * another replica.
   */
  async function persist<T>(attempt: (base: SessionCopy | undefined) => Promise<T | undefined>): Promise<T> {
    const startMs = monotonicMs();
    let inDoubt: CommitInDoubtError | undefined;
    for (let tries = 0; ; tries++) {
      try {
        const result = await attempt(await base(tries === 0));
        if (result !== undefined) return result;
        stats.conflicts++;
        // What was read from the database has changed since: if a retry of this request did it, the client has its new id.
        mayFollow = source === 'memory' || inDoubt !== undefined;
        if (monotonicMs() - startMs > CONFLICT_TIMEOUT_MS) throw new SessionConflictError(CONFLICT_TIMEOUT_MS);
      } catch (error) {
        // The next read finds out whether the change was committed, as soon as the database answers.
        if (error instanceof CommitInDoubtError) inDoubt = error;
        const mayTryAgain = inDoubt && error instanceof StoreUnavailableError;
        if (!mayTryAgain) throw error;
        if (monotonicMs() - startMs > IN_DOUBT_TIMEOUT_MS) throw inDoubt;
      }
      await pause(backoffMs(tries, CONFLICT_BACKOFF) * (0.5 + random() / 2));
    }
  }

  /** Runs the changes of this request one after the other, and in turn with the changes of other requests. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = () => (id === undefined ? work() : takeTurns(idHash, work));
    const turn = latest.then(run, run);
    latest = turn;
    return turn;
  }

  const nextKey = () => `${requestId}#${++changes}`;

  /** Ends up here also when a retry finds that the change was made already. */
  function changed(copy: SessionCopy): SessionCopy {
    cookieChange = { set: { id: id as string, version: copy.version } };
    return adopt(copy);
  }

  async function write(
    before: SessionCopy | undefined,
    key: string,
    change: (data: SessionSnapshot) => SessionData | SessionSnapshot,
  ): Promise<SessionCopy | undefined> {
    if (before?.recentChanges.includes(key)) return changed(before);
    const data = serialize(change(before?.data ?? freeze({})), maxBytes);
    if (before && data === JSON.stringify(before.data)) return await confirm(before);
    const recentChanges = rememberChange(before?.recentChanges ?? [], key);
    const startMs = monotonicMs();
    const endsInMs = before ? before.endsAtMs - startMs : lifetimes.absoluteMs;
    const expiresInMs = prolonged(startMs + endsInMs, lifetimes, startMs) - startMs;
    const version = (before?.version ?? 0) + 1;
    const after = copyOf({ version, data, recentChanges, expiresInMs, endsInMs }, startMs);
    const applied = await access.commit(
      before
        ? { kind: 'update', idHash, fromVersion: before.version, data, recentChanges }
        : { kind: 'create', idHash, data, recentChanges },
    );
    if (!applied) return undefined;
    stats.commits++;
    return changed(after);
  }

  /** A change that changes nothing needs no commit, but the state that it leaves must be the database's. */
  async function confirm(before: SessionCopy): Promise<SessionCopy | undefined> {
    if (source === 'database') return before;
    const stored = await read();
    return stored?.version === before.version ? stored : undefined;
  }

  function touch(copy: SessionCopy): void {
    const nowMs = monotonicMs();
    if (!needsTouch(copy, lifetimes, nowMs)) return;
    // Set at once, so that the next requests do not prolong it again.
    adopt({ ...copy, expiresAtMs: prolonged(copy.endsAtMs, lifetimes, nowMs) });
    const touchedHash = idHash;
    const touched = access.commit({ kind: 'touch', idHash }).catch(() => false);
    // Otherwise the copy would outlive the session.
    inBackground(touched.then((applied) => applied || cache?.drop(touchedHash)));
  }

  return {
    async get() {
      const copy = await load();
      if (copy) touch(copy);
      return copy?.data;
    },

    async update(change) {
      const key = nextKey();
      return await inTurn(async () => {
        let wasLive = current !== undefined;
        let isNew = false;
        const copy = await persist(async (before) => {
          if (!before && (wasLive || isReplaced) && !isNew) throw new SessionEndedError();
          wasLive ||= before !== undefined;
          // Never use an id that the client made up, and after a commit in doubt keep the new one.
          if (!before && !isNew) useId(newSessionId());
          isNew ||= !before;
          return await write(before, key, change);
        });
        return copy.data;
      });
    },

    async regenerate() {
      const key = nextKey();
      await inTurn(() =>
        persist(async (before) => {
          if (!before) return true;
          if (before.recentChanges.includes(key)) return changed(before);
          const newId = newSessionId();
          const newIdHash = hashSessionId(newId);
          const recentChanges = rememberChange(before.recentChanges, key);
          const { version: fromVersion } = before;
          const write = { kind: 'replace', idHash, fromVersion, newIdHash, recentChanges, key } as const;
          if (!(await access.commit(write))) return undefined;
          stats.commits++;
          cache?.end([idHash]);
          useId(newId);
          return changed({ ...before, version: fromVersion + 1, recentChanges });
        }),
      );
    },

    async destroy() {
      const key = nextKey();
      await inTurn(async () => {
        if (id === undefined) return;
        await persist(async (before) => {
          // An id without a session is not recorded: clients could make up any number of them.
          if (!before) return true;
          await access.commit({ kind: 'end', idHash, key });
          stats.commits++;
          return true;
        });
        cache?.end([idHash]);
        useId(undefined);
        source = undefined;
        cookieChange = 'remove';
      });
    },

    source: () => source,
    cookieChange: () => cookieChange,
  };
}
