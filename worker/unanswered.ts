import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import page502 from '../nginx/pages/502.html?text';
import page504 from '../nginx/pages/504.html?text';
import { askedForm, negotiate, WITH_PAGE } from '../origin/negotiate.ts';
import { sendLonePage } from '../origin/pages/secure-page.ts';

const MESSAGES = { 502: 'No replica could answer.', 504: 'No replica answered in time.' };
/** Nginx's own, which need nothing from a replica. */
const PAGES = { 502: page502, 504: page504 };

/** Tells a client that no replica answered, in the form it asks for. */
export function tellUnanswered(c: Context, status: 502 | 504): Response | Promise<Response> {
  const message = MESSAGES[status];
  const isPageAsked = askedForm(c, WITH_PAGE) === 'text/html';
  c.header('Vary', 'Accept');
  c.header('Cache-Control', 'no-store');
  return isPageAsked
    ? sendLonePage(c, PAGES[status], status, styleHash(PAGES[status]))
    : negotiate(c, { text: message, json: { error: { status, message } } }, status);
}

function styleHash(page: string): string {
  const [, style = ''] = page.match(/<style>(.*)<\/style>/s) ?? [];
  return createHash('sha256').update(style).digest('base64');
}
