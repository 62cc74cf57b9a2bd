import type { Context } from 'hono';

/** Headers in which browsers announce a prefetch; the last two come from older browsers. */
const PURPOSE_HEADERS = ['Sec-Purpose', 'Purpose', 'X-Moz'];

/** Whether a browser prefetches the page. A prefetch is no visit. */
export function isPrefetch(c: Context): boolean {
  return PURPOSE_HEADERS.some((name) => /^(prefetch|preview)/i.test(c.req.header(name) ?? ''));
}
