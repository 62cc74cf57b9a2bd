import { hash } from 'node:crypto';
import type { Context } from 'hono';
import { preferredType, respond, TYPES_WITH_HTML } from '../../app/http/respond.ts';
import { sendLonePage } from '../../app/http/security-headers.ts';
import template from '../../app/pages/gateway-error.html?text';

const MESSAGES = { 502: 'No replica could answer.', 504: 'No replica answered in time.' };
/** The same pages as Nginx's. They load nothing from a replica. */
const PAGES = { 502: errorPage(502), 504: errorPage(504) };

/** The same for all pages: their style has no placeholder. */
const STYLE_HASH = hash('sha256', template.match(/<style>(.*)<\/style>/s)?.[1] ?? '', 'base64');

/** Sends 502 or 504 in the format that the client prefers. */
export function sendGatewayError(c: Context, status: 502 | 504): Response | Promise<Response> {
  const message = MESSAGES[status];
  if (preferredType(c, TYPES_WITH_HTML) !== 'text/html') {
    return respond(c, { text: message, json: { error: { status, message } } }, status);
  }
  c.header('Vary', 'Accept');
  c.header('Cache-Control', 'no-store');
  return sendLonePage(c, PAGES[status], status, STYLE_HASH);
}

/** Fills in the template as Nginx's entrypoint does. */
function errorPage(status: 502 | 504): string {
  const values = { status: `${status}`, message: MESSAGES[status], advice: '<p>Please try again in a moment.</p>' };
  return Object.entries(values).reduce((page, [name, value]) => page.replaceAll(`{{${name}}}`, value), template);
}
