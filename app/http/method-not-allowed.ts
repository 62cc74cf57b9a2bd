import type { Context, Env, Hono, MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';

/**
 * Answers a method that the path does not support with 405, and lists the supported ones in `Allow` (RFC 9110 section
 * 15.5.6).
 */
export function answerOtherMethods<E extends Env>(
  app: Hono<E>,
  sendError: (c: Context, status: 405, message: string) => Response | Promise<Response>,
): MiddlewareHandler {
  return methodNotAllowed({
    app,
    onMethodNotAllowed: (c, methods) => {
      const allow = methods.join(', ');
      c.header('Allow', allow);
      return sendError(c, 405, `This path allows only ${allow}.`);
    },
  });
}
