import type { Context, Env, Hono, MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';

/** Refuses a method that a path does not answer, telling those that it does: 405 with `Allow` (RFC 9110 section 15.5.6). */
export function answerOtherMethods<E extends Env>(
  app: Hono<E>,
  refuse: (c: Context, status: 405, message: string) => Response | Promise<Response>,
): MiddlewareHandler {
  return methodNotAllowed({
    app,
    onMethodNotAllowed: (c, methods) => {
      const allow = methods.join(', ');
      c.header('Allow', allow);
      return refuse(c, 405, `This path answers ${allow} only.`);
    },
  });
}
