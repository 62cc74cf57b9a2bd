import type { Context } from 'hono';
import { parseForwardedAddress } from '../app/lib/ip-address.ts';

/**
 * The address that workerd saw a request come from, in canonical form; workerd gives it as `203.0.113.7:1234` or
 * `[2001:db8::7]:1234`. Undefined on Cloudflare, where no connection of a client reaches the worker.
 */
export function connectionAddress(c: Context): string | undefined {
  const { cf } = c.req.raw as Request & { cf?: { clientIp?: string } };
  return parseForwardedAddress(cf?.clientIp ?? '');
}
