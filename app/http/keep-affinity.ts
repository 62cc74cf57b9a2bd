import type { Context } from 'hono';
import { AFFINITY_COOKIE, readAffinityCookie } from '../affinity/cookie.ts';
import { createAffinityCookie } from '../affinity/set-cookie.ts';
import type { AppEnv } from '../env.ts';
import { isSecureRequest } from './secure-request.ts';

/**
 * Returns a function that adds the request's own affinity cookie to the response. It comes after the balancer's cookie,
 * and of two cookies clients keep the last, so the client stays with the replica that it came from.
 *
 * A replica cannot know whether other replicas can serve the request, so the balancer still tries the next one after a
 * 503. Without this cookie, a client that gets a 503 from all replicas would end up with the last one tried, and a
 * database restart would move every client.
 */
export function createKeepAffinity(nowMs: () => number): (c: Context<AppEnv>) => void {
  const cookies = {
    plain: createAffinityCookie({ secure: false, nowMs }),
    secure: createAffinityCookie({ secure: true, nowMs }),
  };

  return (c) => {
    const sid = readAffinityCookie(c.req.header('Cookie'));
    const { headers } = c.res;
    // A response that sets or ends the client's affinity (`POST /let-go`) has precedence.
    if (sid === undefined || headers.getSetCookie().some((cookie) => cookie.startsWith(`${AFFINITY_COOKIE}=`))) return;
    headers.append('Set-Cookie', cookies[isSecureRequest(c) ? 'secure' : 'plain'](sid));
  };
}
