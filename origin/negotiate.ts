import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** One answer in each form a client may ask for. */
export interface Forms {
  text: string;
  json: object;
}

/** Answers in the form that `Accept` prefers: text unless JSON is asked for. Such an answer is never stored. */
export function negotiate(c: Context, forms: Forms, status: ContentfulStatusCode = 200): Response {
  c.header('Vary', 'Accept');
  c.header('Cache-Control', 'no-store');
  const form = accepts(c, {
    header: 'Accept',
    supports: ['text/plain', 'application/json'],
    default: 'text/plain',
  });
  return form === 'application/json' ? c.json(forms.json, status) : c.text(`${forms.text}\n`, status);
}
