import type { Context } from 'hono';
import { serialize } from 'hono/utils/cookie';
import { AFFINITY_IDLE_TIMEOUT_SECONDS } from '../affinity/cookie.ts';
import type { AppEnv } from '../env.ts';
import { isSecureRequest } from '../http/secure-request.ts';
import { cookiePattern } from '../lib/cookie-pattern.ts';

/** Cookie that tells apart clients with the same address. It serves to count clients and nothing else. */
export const CLIENT_ID_COOKIE = 'client_id';

/** A random id, and the time at which the cookie was set, in seconds since the epoch. */
const FORM = cookiePattern(CLIENT_ID_COOKIE, '([0-9a-f]{24})([0-9a-f]{8})');

/** An active client gets its cookie again no sooner than this, so that few responses carry it. */
const RENEW_AFTER_SECONDS = 60;

export interface ClientIdCookie {
  /** Tells the client apart from others. */
  id: string;
  setAtSeconds: number;
}

/** Returns the client id of the request and its age; undefined when it has none or an invalid one. */
export function readClientId(c: Context): ClientIdCookie | undefined {
  const [, id, seconds] = FORM.exec(c.req.header('Cookie') ?? '') ?? [];
  return id === undefined || seconds === undefined ? undefined : { id, setAtSeconds: Number.parseInt(seconds, 16) };
}

/**
 * Returns a function that gives the client its id with the response, unless it got one within the last minute. The cookie
 * expires five minutes after that, like the client's affinity.
 */
export function createKeepClientId(
  nowMs: () => number,
): (c: Context<AppEnv>, brought: ClientIdCookie | undefined) => void {
  return (c, brought) => {
    const nowSeconds = Math.floor(nowMs() / 1000);
    if (brought && Math.abs(nowSeconds - brought.setAtSeconds) < RENEW_AFTER_SECONDS) return;
    const { headers } = c.res;
    // A response that ends the client's affinity (`POST /let-go`) ends this cookie, too.
    if (headers.getSetCookie().some((cookie) => cookie.startsWith(`${CLIENT_ID_COOKIE}=`))) return;
    const id = brought?.id ?? crypto.randomUUID().replaceAll('-', '').slice(0, 24);
    const cookie = serialize(CLIENT_ID_COOKIE, `${id}${nowSeconds.toString(16).padStart(8, '0')}`, {
      maxAge: AFFINITY_IDLE_TIMEOUT_SECONDS,
      path: '/',
      httpOnly: true,
      secure: isSecureRequest(c),
      sameSite: 'Lax',
    });
    headers.append('Set-Cookie', cookie);
  };
}
