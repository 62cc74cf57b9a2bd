import type { Context } from 'hono';

/** How browsers say that nobody has asked for the page yet, and how older ones said it. */
const PURPOSE_HEADERS = ['Sec-Purpose', 'Purpose', 'X-Moz'];

/** Whether a browser fetches the page in case somebody will want it, which is no visit. */
export function isPrefetch(c: Context): boolean {
  return PURPOSE_HEADERS.some((name) => /^(prefetch|preview)/i.test(c.req.header(name) ?? ''));
}
