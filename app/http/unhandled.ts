import type { Context, Env, Hono, NotFoundHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';

export type SendError = (c: Context, status: 404 | 405, message: string) => Response | Promise<Response>;

/**
 * Answers requests that no handler of the app takes: 404 with `message`; 405 when the path supports other methods, which are
 * listed in `Allow` (RFC 9110 section 15.5.6).
 *
 * It is no middleware, although Hono's own is: that one would run for every request.
 */
export function answerUnhandled<E extends Env>(
  app: Hono<E>,
  sendError: SendError,
  message: string,
): NotFoundHandler<E> {
  const answerOtherMethods = methodNotAllowed({
    app,
    onMethodNotAllowed: (c, methods) => {
      const allow = methods.join(', ');
      c.header('Allow', allow);
      return sendError(c, 405, `This path allows only ${allow}.`);
    },
  });

  return async function answerUnhandled(c) {
    await answerOtherMethods(c, async () => {
      c.res = await sendError(c, 404, message);
    });
    return c.res;
  };
}
