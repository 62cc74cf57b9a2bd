import type { Context } from 'hono';
import { AFFINITY_COOKIE, readAffinityCookie } from '../affinity/cookie.ts';
import { createAffinityCookie } from '../affinity/set-cookie.ts';
import type { AppEnv } from '../env.ts';
import { isSecureRequest } from './secure-request.ts';

/**
 * Builds the function that adds the request's own affinity cookie to the response. It follows the balancer's cookie, and
 * clients keep the last of two, so the client stays with the replica that it came from.
 *
 * A replica cannot know whether the other replicas can serve the request, so the balancer still tries the next one after
 * a 503. Without this cookie a client that all replicas answered 503 would belong to the last one that was tried, and a
 * database restart would move every client.
 */
export function createKeepAffinity(nowMs?: () => number): (c: Context<AppEnv>) => void {
  const cookies = {
    plain: createAffinityCookie({ secure: false, ...(nowMs && { nowMs }) }),
    secure: createAffinityCookie({ secure: true, ...(nowMs && { nowMs }) }),
  };

  return (c) => {
    const sid = readAffinityCookie(c.req.header('Cookie'));
    const { headers } = c.res;
    // A response that ends the client's affinity (`POST /let-go`) has the last word.
    if (sid === undefined || headers.getSetCookie().some((cookie) => cookie.startsWith(`${AFFINITY_COOKIE}=`))) return;
    headers.append('Set-Cookie', cookies[isSecureRequest(c) ? 'secure' : 'plain'](sid));
  };
}
