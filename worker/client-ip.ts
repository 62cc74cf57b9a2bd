import type { Context } from 'hono';

/** What `CLIENT_IP` says where the address is that of the connection. */
export const CONNECTION = 'connection';

/**
 * Builds the way to tell a client's address: the word of Cloudflare, which no client can overrule there, unless
 * `CLIENT_IP` says otherwise.
 */
export function createClientIp(setting: string | undefined): (c: Context) => string {
  if (setting === CONNECTION) return connectionIp;
  return (c) => setting ?? c.req.header('CF-Connecting-IP') ?? 'unknown';
}

/** The address that workerd saw a request come from; it tells it as `203.0.113.7:1234` or `[2001:db8::7]:1234`. */
function connectionIp(c: Context): string {
  const { cf } = c.req.raw as Request & { cf?: { clientIp?: string } };
  return cf?.clientIp?.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1') ?? 'unknown';
}
