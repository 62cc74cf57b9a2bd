import type { Context } from 'hono';
import { generateCookie } from 'hono/cookie';
import { cookiePattern } from '../lib/cookie-pattern.ts';

/** What a client's cookie says about its session. */
export interface SessionCookie {
  id: string;
  /** The newest version of the session that the client has seen. */
  version: number;
}

/** What the response must tell the client: its session's new cookie, or that the session is gone. */
export type CookieChange = { set: SessionCookie } | 'remove' | undefined;

/** The cookie's name. Under TLS it has the prefix `__Host-`, so that no other host of the domain can set it (RFC 6265bis). */
export const SESSION_COOKIE = 'session';

/** An id, as `newSessionId` returns it, and a version. */
const VALUE = '([\\w-]{43})\\.([1-9]\\d{0,14})';
const FORMS = { plain: cookiePattern(nameOf(false), VALUE), secure: cookiePattern(nameOf(true), VALUE) };

/** Returns the first well-formed session cookie: a cookie of another path may come before ours. */
export function readSessionCookie(c: Context, isSecure: boolean): SessionCookie | undefined {
  const [, id, version] = FORMS[isSecure ? 'secure' : 'plain'].exec(c.req.header('Cookie') ?? '') ?? [];
  return id === undefined ? undefined : { id, version: Number(version) };
}

export interface SessionCookieAttributes {
  /** Whether the client uses HTTPS. */
  isSecure: boolean;
  /** How long the client keeps the cookie; the database decides how long the session lasts. */
  maxAgeSeconds: number;
}

/** Returns the `Set-Cookie` value for a session; undefined stands for one that has ended. */
export function formatSessionCookie(
  session: SessionCookie | undefined,
  { isSecure, maxAgeSeconds }: SessionCookieAttributes,
): string {
  const value = session ? `${session.id}.${session.version}` : '';
  return generateCookie(nameOf(isSecure), value, {
    maxAge: session ? maxAgeSeconds : 0,
    path: '/',
    httpOnly: true,
    secure: isSecure,
    sameSite: 'Lax',
  });
}

function nameOf(isSecure: boolean): string {
  return isSecure ? `__Host-${SESSION_COOKIE}` : SESSION_COOKIE;
}
