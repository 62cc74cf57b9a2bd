import { AFFINITY_COOKIE, AFFINITY_IDLE_TIMEOUT_SECONDS } from './cookie.ts';

export interface AffinityCookieOptions {
  /** Adds `secure`: browsers then send the cookie over HTTPS only. */
  secure: boolean;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
}

/**
 * Returns a function that writes the `Set-Cookie` value for a server id, byte for byte as Nginx does with `sticky cookie
 * srv_id expires=5m httponly samesite=lax path=/`.
 *
 * @example
 * createAffinityCookie({ secure: false })('a');
 * // 'srv_id=a; expires=Fri, 20-Nov-26 04:43:53 GMT; max-age=300; httponly; samesite=lax; path=/'
 */
export function createAffinityCookie({ secure, nowMs = Date.now }: AffinityCookieOptions): (sid: string) => string {
  const flags = secure ? 'httponly; secure' : 'httponly';
  const maxAge = AFFINITY_IDLE_TIMEOUT_SECONDS;
  let second = Number.NaN;
  let expires = '';
  return (sid) => {
    const now = Math.floor(nowMs() / 1000);
    // Formatted once a second: many responses are sent within the same second.
    if (now !== second) {
      second = now;
      expires = cookieTime(new Date((now + maxAge) * 1000));
    }
    return `${AFFINITY_COOKIE}=${sid}; expires=${expires}; max-age=${maxAge}; ${flags}; samesite=lax; path=/`;
  };
}

/** Formats a date with a two-digit year, as the first cookies had it. Nginx writes this form and every browser reads it. */
function cookieTime(date: Date): string {
  const [weekday, day, month, year, time] = date.toUTCString().split(' ') as [string, string, string, string, string];
  return `${weekday} ${day}-${month}-${year.slice(2)} ${time} GMT`;
}
