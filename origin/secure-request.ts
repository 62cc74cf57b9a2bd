import type { Context } from 'hono';

/** Whether the client reached the balancer over HTTPS, so that its cookies may be `Secure`. */
export function isSecureRequest(c: Context): boolean {
  return c.req.header('X-Forwarded-Proto') === 'https';
}
