import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Html } from '../pages/html.ts';
import { sendPage } from './security-headers.ts';

/** The same response in each media type that clients may ask for. */
export interface Representations {
  text: string;
  /** Or a function that makes it; called only when the client prefers JSON. */
  json: object | (() => object);
  /** Renders the page, where there is one; called only when the client prefers HTML. */
  html?: (() => Html) | undefined;
}

export type MediaType = 'text/plain' | 'application/json' | 'text/html';
const TYPES_WITHOUT_HTML: MediaType[] = ['text/plain', 'application/json'];
export const TYPES_WITH_HTML: MediaType[] = [...TYPES_WITHOUT_HTML, 'text/html'];

/** Returns the type that `Accept` prefers among these; text by default. */
export function preferredType(c: Context, supports: MediaType[]): MediaType {
  return accepts(c, { header: 'Accept', supports, default: 'text/plain' }) as MediaType;
}

/** Sends the representation that `Accept` prefers, text by default. The response is never stored by caches. */
export function respond(
  c: Context,
  forms: Representations,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  return respondAs(preferredType(c, forms.html ? TYPES_WITH_HTML : TYPES_WITHOUT_HTML), c, forms, status);
}

/** Sends the representation of the type that `preferredType` returned. The response is never stored by caches. */
export function respondAs(
  type: MediaType,
  c: Context,
  forms: Representations,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  c.header('Vary', 'Accept');
  c.header('Cache-Control', 'no-store');
  if (type === 'text/html' && forms.html) return sendPage(c, forms.html(), status);
  if (type !== 'application/json') return c.text(`${forms.text}\n`, status);
  return c.json(typeof forms.json === 'function' ? forms.json() : forms.json, status);
}
