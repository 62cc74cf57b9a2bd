import type { Context, Env, Hono, MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';

/** Answers other methods than those a path supports with 405, listing these in `Allow` (RFC 9110 section 15.5.6). */
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
