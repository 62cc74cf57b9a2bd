import type { Context } from 'hono';
import { parseForwardedAddress } from '../app/lib/ip-address.ts';

/**
 * Returns the client's address that workerd saw, in canonical form. workerd writes it as `203.0.113.7:1234` or
 * `[2001:db8::7]:1234`. Undefined on Cloudflare, where no client connects to the worker directly.
 */
export function connectionAddress(c: Context): string | undefined {
  const { cf } = c.req.raw as Request & { cf?: { clientIp?: string } };
  return parseForwardedAddress(cf?.clientIp ?? '');
}
