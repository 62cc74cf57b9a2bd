import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Html } from '../pages/html.ts';
import { sendPage } from './security-headers.ts';

/** One answer in each form a client may ask for. */
export interface Representations {
  text: string;
  json: object;
  /** A page, where there is one; it is made only when it is asked for. */
  html?: (() => Html) | undefined;
}

type MediaType = 'text/plain' | 'application/json' | 'text/html';
const TYPES_WITHOUT_HTML: MediaType[] = ['text/plain', 'application/json'];
export const TYPES_WITH_HTML: MediaType[] = [...TYPES_WITHOUT_HTML, 'text/html'];

/** The one of these forms that `Accept` prefers: text unless another is asked for. */
export function preferredType(c: Context, supports: MediaType[]): string {
  return accepts(c, { header: 'Accept', supports, default: 'text/plain' });
}

/** Answers in the form that `Accept` prefers: text unless JSON or a page is asked for. Such an answer is never stored. */
export function respond(
  c: Context,
  forms: Representations,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  c.header('Vary', 'Accept');
  c.header('Cache-Control', 'no-store');
  const form = preferredType(c, forms.html ? TYPES_WITH_HTML : TYPES_WITHOUT_HTML);
  if (form === 'text/html' && forms.html) return sendPage(c, forms.html(), status);
  return form === 'application/json' ? c.json(forms.json, status) : c.text(`${forms.text}\n`, status);
}
