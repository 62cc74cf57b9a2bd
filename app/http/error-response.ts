import type { Context } from 'hono';
import type { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { errorPage } from '../pages/error-page.ts';
import type { PageContext } from '../pages/layout.ts';
import { respond } from './respond.ts';

/** Sends an error response as a page, JSON or text, whichever the client prefers. */
export function sendError(c: Context, status: ContentfulStatusCode, message: string): Response | Promise<Response> {
  const error = { status, message };
  // An app without pages sends no error page either.
  const page: PageContext | undefined = c.get('page');
  const html = page && (() => errorPage(error, page));
  return respond(c, { text: message, json: { error }, html }, status);
}

const REASONS: Partial<Record<number, string>> = {
  401: 'A token is required, as the password or as a bearer token.',
  403: 'Requests from other sites are forbidden.',
};

/** Sends the response for an `HTTPException` of Hono's own middleware, as a page, JSON or text. */
export function sendMiddlewareError(c: Context, error: HTTPException): Response | Promise<Response> {
  const challenge = error.getResponse().headers.get('WWW-Authenticate');
  if (challenge !== null) c.header('WWW-Authenticate', challenge);
  return sendError(c, error.status as ContentfulStatusCode, REASONS[error.status] ?? 'This request is not allowed.');
}
