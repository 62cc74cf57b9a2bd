import type { Context } from 'hono';

/**
 * Returns the headers of the finished response, to change them. A response from `fetch` has headers that cannot be changed: such
 * a response is replaced by a copy.
 */
export function writableHeaders(c: Context): Headers {
  try {
    // Fails if the headers cannot be changed, and changes nothing.
    c.res.headers.delete('X-Unset');
  } catch {
    c.res = new Response(c.res.body, c.res);
  }
  return c.res.headers;
}
