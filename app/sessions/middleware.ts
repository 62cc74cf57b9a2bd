import type { Context, MiddlewareHandler } from 'hono';
import type { AffinityVerdict } from '../affinity/verdict.ts';
import { writableHeaders } from '../lib/writable-headers.ts';
import { type OpenSession, openSession } from './open-session.ts';
import type { Session } from './session.ts';
import { formatSessionCookie, readSessionCookie } from './session-cookie.ts';
import type { SessionDeps } from './session-deps.ts';

/** What the middleware needs to find in a request's context, and what it adds. */
export interface SessionEnv {
  Variables: {
    affinity: AffinityVerdict;
    client: { requestId: string; scheme: 'http' | 'https' };
    session: Session;
  };
}

/**
 * Opens each request's session as `c.var.session`, and writes its cookie after a change. A change that a handler makes after
 * it has returned, as in a stream, is stored, but the client does not learn of its version.
 */
export function sessions(deps: SessionDeps): MiddlewareHandler<SessionEnv> {
  const maxAgeSeconds = Math.ceil(deps.lifetimes.absoluteMs / 1000);

  return async function session(c: Context<SessionEnv>, next) {
    let opened: OpenSession | undefined;
    const isSecure = () => c.get('client').scheme === 'https';
    // Most requests use no session, and should not pay for one.
    function open(): OpenSession {
      const isHome = c.get('affinity') === 'hit';
      const { requestId } = c.get('client');
      const isAbandoned = () => c.req.raw.signal?.aborted;
      opened ??= openSession({ cookie: readSessionCookie(c, isSecure()), requestId, isHome, isAbandoned }, deps);
      return opened;
    }
    c.set('session', {
      get: () => open().get(),
      update: (change) => open().update(change),
      regenerate: () => open().regenerate(),
      destroy: () => open().destroy(),
      source: () => opened?.source(),
    });

    await next();
    if (!opened) return;
    const headers = writableHeaders(c);
    // A failed response must not tell the client of a state that it does not show. The client may have a newer one meanwhile.
    const change = opened.cookieChange(c.res.status < 500);
    if (change === undefined) {
      // What was made from a session is for its client alone.
      if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'private, no-cache');
      return;
    }
    const attributes = { isSecure: isSecure(), maxAgeSeconds };
    headers.append('Set-Cookie', formatSessionCookie(change === 'remove' ? undefined : change.set, attributes));
    // A shared cache would give the cookie to others.
    headers.set('Cache-Control', 'no-store');
  };
}
