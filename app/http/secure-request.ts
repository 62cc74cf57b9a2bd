import type { Context } from 'hono';
import type { AppEnv } from '../env.ts';

/** Whether the client used HTTPS, as far as a trusted proxy reports; only then may its cookies be `Secure`. */
export function isSecureRequest(c: Context<AppEnv>): boolean {
  return c.get('client').scheme === 'https';
}
