import { delay } from '../lib/delay.ts';
import { freeze } from '../lib/freeze.ts';
import { DEFAULT_IN_DOUBT_TIMEOUT_MS } from '../lib/in-doubt.ts';
import { createCurrentSession, type SessionRequest } from './current-session.ts';
import { SessionEndedError } from './errors.ts';
import { persist } from './persist.ts';
import type { Session } from './session.ts';
import type { CookieChange } from './session-cookie.ts';
import { copyOf, needsTouch, prolonged, rememberChange, type SessionCopy, serialize } from './session-copy.ts';
import type { SessionDeps } from './session-deps.ts';
import { identify, newSessionId, type SessionIdentity } from './session-id.ts';

/** A session together with the change of its cookie. */
export interface OpenSession extends Session {
  /** @param showsState whether the response shows the state to the client */
  cookieChange(showsState: boolean): CookieChange;
}

/** One call of a method that changes the session. */
interface Call {
  /** Tells a retried request which of its changes it is. */
  key: string;
  /** When it was made, in monotonic milliseconds. */
  atMs: number;
}

/** Opens the session of a request. Reads nothing before it is used. */
export function openSession(request: SessionRequest, deps: SessionDeps): OpenSession {
  const { access, cache, stats, lifetimes, maxBytes, monotonicMs } = deps;
  const { takeTurns = (_key, work) => work(), inBackground = () => {}, pause = delay, random = Math.random } = deps;
  const { inDoubtTimeoutMs = DEFAULT_IN_DOUBT_TIMEOUT_MS } = deps;
  const session = createCurrentSession(request, deps);
  let changes = 0;
  let latest: Promise<unknown> = Promise.resolve();

  const nextCall = (): Call => ({ key: `${request.requestId}#${++changes}`, atMs: monotonicMs() });

  /** Runs the changes of this request one after the other, and in turn with the changes of other requests. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = () => {
      const identity = session.identity();
      return identity ? takeTurns(identity.idHash, work) : work();
    };
    const turn = latest.then(run, run);
    latest = turn;
    return turn;
  }

  function persistChange<T>(attempt: (before: SessionCopy | undefined) => Promise<T | undefined>): Promise<T> {
    return persist({
      stateFor: (isFirst) => (isFirst ? session.newest() : session.read()),
      attempt,
      onConflict(wasInDoubt) {
        stats.conflicts++;
        // What was read from the database has changed since: if a retry of this request did it, the client has its new id.
        session.setMayFollow(session.source() === 'memory' || wasInDoubt);
      },
      inDoubtTimeoutMs,
      monotonicMs,
      pause,
      random,
    });
  }

  /** Makes a committed state known to the client. A retry comes here, too, when it finds its change made. */
  function changed({ id }: SessionIdentity, copy: SessionCopy): SessionCopy {
    session.changeCookie({ set: { id, version: copy.version } });
    return session.adopt(copy);
  }

  async function write(
    identity: SessionIdentity,
    before: SessionCopy | undefined,
    call: Call,
    change: Parameters<Session['update']>[0],
  ): Promise<SessionCopy | undefined> {
    const { key } = call;
    if (before?.recentChanges.includes(key)) return changed(identity, before);
    const data = serialize(change(before?.data ?? freeze({})), maxBytes);
    if (before && data === JSON.stringify(before.data)) return await confirm(identity, before, call);
    const recentChanges = rememberChange(before?.recentChanges ?? [], key);
    const startMs = monotonicMs();
    const endsInMs = before ? before.endsAtMs - startMs : lifetimes.absoluteMs;
    const expiresInMs = prolonged(startMs + endsInMs, lifetimes, startMs) - startMs;
    const version = (before?.version ?? 0) + 1;
    const after = copyOf({ version, data, recentChanges, expiresInMs, endsInMs }, startMs);
    const { idHash } = identity;
    const applied = await access.commit(
      before
        ? { kind: 'update', idHash, fromVersion: before.version, data, recentChanges }
        : { kind: 'create', idHash, data, recentChanges },
    );
    if (!applied) return undefined;
    stats.commits++;
    return changed(identity, after);
  }

  /** A change that changes nothing needs no commit, but the state that it leaves must be the database's. */
  async function confirm(
    identity: SessionIdentity,
    before: SessionCopy,
    { atMs }: Call,
  ): Promise<SessionCopy | undefined> {
    // What was read before the call may have changed since.
    const stored = session.readAtMs() >= atMs ? before : await session.read();
    if (stored?.version !== before.version) return undefined;
    touch(identity, stored);
    return stored;
  }

  function touch({ idHash }: SessionIdentity, copy: SessionCopy): void {
    const nowMs = monotonicMs();
    if (!needsTouch(copy, lifetimes, nowMs)) return;
    // Set at once, so that the next requests do not prolong it again.
    session.adopt({ ...copy, expiresAtMs: prolonged(copy.endsAtMs, lifetimes, nowMs) });
    const touched = access.commit({ kind: 'touch', idHash }).catch(() => false);
    // Otherwise the copy would outlive the session.
    inBackground(touched.then((applied) => applied || cache?.drop(idHash)));
  }

  return {
    async get() {
      const copy = await session.load();
      const identity = session.identity();
      if (copy && identity) touch(identity, copy);
      return copy?.data;
    },

    async update(change) {
      const call = nextCall();
      return await inTurn(async () => {
        let created: SessionIdentity | undefined;
        const copy = await persistChange(async (before) => {
          if (!before && !created) {
            if (session.hasEnded()) throw new SessionEndedError();
            // Never use an id that the client made up, and after a commit in doubt keep the new one.
            created = identify(newSessionId());
            session.use(created);
          }
          return await write(session.identity() as SessionIdentity, before, call, change);
        });
        return copy.data;
      });
    },

    async regenerate() {
      const { key } = nextCall();
      await inTurn(() =>
        persistChange(async (before) => {
          const identity = session.identity();
          if (!before && session.hasEnded()) throw new SessionEndedError();
          if (!before || !identity) return true;
          // Nobody has this id yet. A retry could not find a session again whose id this request changed twice.
          if (identity.id !== request.cookie?.id) return changed(identity, before);
          const next = identify(newSessionId());
          const recentChanges = rememberChange(before.recentChanges, key);
          const { version: fromVersion } = before;
          const ids = { idHash: identity.idHash, newIdHash: next.idHash };
          if (!(await access.commit({ kind: 'replace', ...ids, fromVersion, recentChanges, key }))) return undefined;
          stats.commits++;
          cache?.end([identity.idHash]);
          session.use(next);
          return changed(next, { ...before, version: fromVersion + 1, recentChanges });
        }),
      );
    },

    async destroy() {
      const { key } = nextCall();
      await inTurn(async () => {
        if (!session.identity()) return;
        await persistChange(async (before) => {
          const identity = session.identity();
          // Otherwise the session would live on under its new id after its end was confirmed.
          if (session.isReplaced()) throw new SessionEndedError();
          // An id without a session is not recorded: clients could make up any number of them.
          if (!before || !identity) return true;
          if (!(await access.commit({ kind: 'end', idHash: identity.idHash, key }))) return undefined;
          stats.commits++;
          return true;
        });
        const identity = session.identity();
        if (identity) cache?.end([identity.idHash]);
        session.use(undefined);
        session.changeCookie('remove');
      });
    },

    source: session.source,
    cookieChange: session.cookieChange,
  };
}
