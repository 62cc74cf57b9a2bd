import type { Context } from 'hono';
import { routePath } from 'hono/route';

/** Returns the path pattern of the handler that answered, or `*` when only middleware ran, whose pattern is `/*`. */
export function routeOf(c: Context): string {
  const route = routePath(c, -1);
  return route === '/*' ? '*' : route;
}
