import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Html } from './pages/html.ts';

/** One answer in each form a client may ask for. */
export interface Forms {
  text: string;
  json: object;
  /** A page, where there is one; it is made only when it is asked for. */
  html?: () => Html;
}

/** Answers in the form that `Accept` prefers: text unless JSON or a page is asked for. Such an answer is never stored. */
export function negotiate(c: Context, forms: Forms, status: ContentfulStatusCode = 200): Response | Promise<Response> {
  c.header('Vary', 'Accept');
  c.header('Cache-Control', 'no-store');
  const form = accepts(c, {
    header: 'Accept',
    supports: ['text/plain', 'application/json', ...(forms.html ? ['text/html'] : [])],
    default: 'text/plain',
  });
  if (form === 'text/html' && forms.html) return c.html(forms.html(), status);
  return form === 'application/json' ? c.json(forms.json, status) : c.text(`${forms.text}\n`, status);
}
