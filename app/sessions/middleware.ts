import type { Context, MiddlewareHandler } from 'hono';
import type { AffinityVerdict } from '../affinity/verdict.ts';
import { openSession, type Session, type SessionDeps } from './session.ts';
import { formatSessionCookie, readSessionCookie } from './session-cookie.ts';

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
    const { requestId, scheme } = c.get('client');
    const isSecure = scheme === 'https';
    const opened = openSession(
      { cookie: readSessionCookie(c, isSecure), requestId, isHome: c.get('affinity') === 'hit' },
      deps,
    );
    c.set('session', opened);
    await next();
    const change = opened.cookieChange();
    if (change === undefined) return;
    const cookie = formatSessionCookie(change === 'remove' ? undefined : change.set, { isSecure, maxAgeSeconds });
    c.res.headers.append('Set-Cookie', cookie);
  };
}
