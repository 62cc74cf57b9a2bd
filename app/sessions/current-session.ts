import { delay } from '../lib/delay.ts';
import type { CookieChange, SessionCookie } from './session-cookie.ts';
import { copyOf, type SessionCopy } from './session-copy.ts';
import type { SessionDeps } from './session-deps.ts';
import { identify, newSessionId, type SessionIdentity } from './session-id.ts';

export interface SessionRequest {
  cookie: SessionCookie | undefined;
  requestId: string;
  /** Whether the client's affinity cookie names this replica. Only then may the replica's own copy be current. */
  isHome: boolean;
  /** Whether nobody waits for the answer any longer, because the balancer has closed the connection. Never by default. */
  isAbandoned?: () => boolean;
}

/** The session that a request is on: its id, which can change, and the newest state that the request knows. */
export interface CurrentSession {
  /** Undefined when the client has no session. */
  identity(): SessionIdentity | undefined;
  /**
   * Returns the state, at first from the replica's memory where that is current. Reads again when it is older than
   * `KNOWN_FOR_MS`.
   */
  load(): Promise<SessionCopy | undefined>;
  /** Reads the database, whatever is known. */
  read(): Promise<SessionCopy | undefined>;
  /** Returns the newest state that this replica knows: a later request of the same session may have changed it. */
  newest(): Promise<SessionCopy | undefined>;
  /** Makes a committed state, or one read, the current one of this request and of the replica. */
  adopt(copy: SessionCopy): SessionCopy;
  /** Goes on with another id; undefined for no session. */
  use(identity: SessionIdentity | undefined): void;
  /** Whether another request has given the session a new id a moment ago. */
  isReplaced(): boolean;
  /** Whether the session was there during this request and is no longer, or has a new id. */
  hasEnded(): boolean;
  /** Decides whether a new id that this very request gave the session may be one that its client has not received. */
  setMayFollow(mayFollow: boolean): void;
  /** When the last read of the database began, in monotonic milliseconds. */
  readAtMs(): number;
  /** Where the state was last read from. */
  source(): 'memory' | 'database' | undefined;
  /** @param showsState whether the response shows the state to the client */
  cookieChange(showsState: boolean): CookieChange;
  changeCookie(change: CookieChange): void;
}

/** Requests as long as a stream must learn of changes elsewhere, and of the session's end. Most requests read once. */
const KNOWN_FOR_MS = 1000;

/** Longer than a process takes to read what has arrived. */
const ABANDONED_AFTER_MS = 10;

/** Reads nothing before it is used. */
export function createCurrentSession(request: SessionRequest, deps: SessionDeps): CurrentSession {
  const { cookie, requestId, isHome, isAbandoned = () => false } = request;
  const { access, cache, stats, monotonicMs, pause = delay } = deps;
  let identity = cookie && identify(cookie.id);
  let current: SessionCopy | undefined;
  /** A read of the current id that has not ended, which concurrent calls of this request share. */
  let loading: Promise<SessionCopy | undefined> | undefined;
  /** When the request learned what `current` is, also that there is none. */
  let knownAtMs = Number.NEGATIVE_INFINITY;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let wasLive = false;
  let source: 'memory' | 'database' | undefined;
  let isReplaced = false;
  let mayFollow = true;
  let cookieChange: CookieChange;

  function use(next: SessionIdentity | undefined): void {
    identity = next;
    current = undefined;
    loading = undefined;
    knownAtMs = Number.NEGATIVE_INFINITY;
    wasLive = false;
    isReplaced = false;
    source = next && source;
  }

  function know(copy: SessionCopy | undefined): SessionCopy | undefined {
    current = copy;
    wasLive ||= copy !== undefined;
    knownAtMs = monotonicMs();
    return copy;
  }

  function adopt(copy: SessionCopy): SessionCopy {
    if (current && current.version > copy.version) return current;
    know(copy);
    if (identity) cache?.set(identity.idHash, copy);
    return copy;
  }

  /** Returns the cookie for a state that is newer than the client's cookie. Without it a replica could show an older copy later. */
  function cookieOfNewerState(): CookieChange {
    if (!cookie || !current || cookie.id !== identity?.id || cookie.version >= current.version) return undefined;
    return { set: { id: cookie.id, version: current.version } };
  }

  async function load(): Promise<SessionCopy | undefined> {
    if (loading) return await loading;
    if (identity === undefined || monotonicMs() - knownAtMs <= KNOWN_FOR_MS) return current;
    const mine = knownAtMs === Number.NEGATIVE_INFINITY ? loadFirst(identity) : loadAgain(identity);
    loading = mine;
    try {
      return await mine;
    } finally {
      if (loading === mine) loading = undefined;
    }
  }

  async function loadFirst({ idHash }: SessionIdentity): Promise<SessionCopy | undefined> {
    const held = isHome ? cache?.get(idHash) : undefined;
    if (!held || held.version < (cookie?.version ?? 0)) return await read();
    source = 'memory';
    stats.memoryReads++;
    return know(held);
  }

  /** While the database is down, a copy that this replica may use is as good as in a new request. */
  async function loadAgain({ idHash }: SessionIdentity): Promise<SessionCopy | undefined> {
    try {
      return await read();
    } catch (error) {
      const held = isHome ? cache?.get(idHash) : undefined;
      if (!held) throw error;
      return adopt(held);
    }
  }

  async function read(): Promise<SessionCopy | undefined> {
    const asked = identity;
    if (asked === undefined) return undefined;
    const startMs = monotonicMs();
    stats.databaseReads++;
    const stored = await access.read(asked.idHash);
    // Meanwhile this request has given the session another id, or has ended it.
    if (asked !== identity) return current;
    readAtMs = startMs;
    if (stored && 'replacedBy' in stored) return await follow(asked, stored.replacedBy);
    source = stored && 'database';
    if (stored) return adopt(copyOf(stored, startMs));
    cache?.drop(asked.idHash);
    return know(undefined);
  }

  /**
   * Finds out about an id that has just been replaced. If this very request did it, this is a retry, and its client has never received
   * the new id: the session gets yet another one.
   */
  async function follow({ idHash }: SessionIdentity, replacedBy: string): Promise<SessionCopy | undefined> {
    if (!replacedBy.startsWith(`${requestId}#`) || !mayFollow || (await isLate())) {
      isReplaced = true;
      return know(undefined);
    }
    const next = identify(newSessionId());
    const write = { kind: 'replaceAgain', idHash, newIdHash: next.idHash, key: replacedBy } as const;
    // Otherwise this request has ended the session, too.
    if (!(await access.commit(write))) return know(undefined);
    use(next);
    const copy = await read();
    if (copy) cookieChange = { set: { id: next.id, version: copy.version } };
    return copy;
  }

  /**
   * Whether this is a first attempt that was held up for long. It must not take the session from the retry that the client was answered.
   * When its process was stopped, the end of its connection may not have been read yet.
   */
  async function isLate(): Promise<boolean> {
    await pause(ABANDONED_AFTER_MS);
    return isAbandoned();
  }

  return {
    identity: () => identity,
    load,
    read,
    async newest() {
      const loaded = await load();
      const held = loaded && identity && cache?.get(identity.idHash);
      return held && held.version >= loaded.version ? held : loaded;
    },
    adopt,
    use,
    isReplaced: () => isReplaced,
    hasEnded: () => isReplaced || (wasLive && current === undefined),
    readAtMs: () => readAtMs,
    setMayFollow(may) {
      mayFollow = may;
    },
    source: () => source,
    cookieChange: (showsState) => cookieChange ?? (showsState ? cookieOfNewerState() : undefined),
    changeCookie(change) {
      cookieChange = change;
    },
  };
}
