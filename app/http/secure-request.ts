import type { Context } from 'hono';
import type { AppEnv } from '../env.ts';

/** Whether the client came over HTTPS, as a trusted proxy says, so that its cookies may be `Secure`. */
export function isSecureRequest(c: Context<AppEnv>): boolean {
  return c.get('client').scheme === 'https';
}
