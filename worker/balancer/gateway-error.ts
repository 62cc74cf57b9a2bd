import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { preferredType, respond, TYPES_WITH_HTML } from '../../app/http/respond.ts';
import { sendLonePage } from '../../app/http/security-headers.ts';
import template from '../../app/pages/gateway-error.html?text';

const MESSAGES = { 502: 'No replica could answer.', 504: 'No replica answered in time.' };
/** The same pages as Nginx's. They load nothing from a replica. */
const PAGES = { 502: errorPage(502), 504: errorPage(504) };

/** Sends 502 or 504 in the format that the client prefers. */
export function sendGatewayError(c: Context, status: 502 | 504): Response | Promise<Response> {
  const message = MESSAGES[status];
  const isPageAsked = preferredType(c, TYPES_WITH_HTML) === 'text/html';
  c.header('Vary', 'Accept');
  c.header('Cache-Control', 'no-store');
  return isPageAsked
    ? sendLonePage(c, PAGES[status], status, styleHash(PAGES[status]))
    : respond(c, { text: message, json: { error: { status, message } } }, status);
}

/** Fills in the template as Nginx's entrypoint does. */
function errorPage(status: 502 | 504): string {
  const values = { status: `${status}`, message: MESSAGES[status], advice: '<p>Please try again in a moment.</p>' };
  return Object.entries(values).reduce((page, [name, value]) => page.replaceAll(`{{${name}}}`, value), template);
}

function styleHash(page: string): string {
  const [, style = ''] = page.match(/<style>(.*)<\/style>/s) ?? [];
  return createHash('sha256').update(style).digest('base64');
}
