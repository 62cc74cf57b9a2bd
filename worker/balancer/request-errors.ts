import type { Context } from 'hono';
import { sendError } from '../../app/http/error-response.ts';
import { RequestBodyError } from './body-reader.ts';
import type { RefusalStatus } from './request-limits.ts';
import type { OversizeStatus } from './request-sizes.ts';

/** Ends a request whose client has disconnected. Nginx logs the same status for it. */
export function clientClosedRequest(): Response {
  return new Response(null, { status: 499 });
}

/** Responds to a request whose body cannot be forwarded. */
export function sendBodyError(c: Context, error: unknown): Response | Promise<Response> {
  if (c.req.raw.signal.aborted) return clientClosedRequest();
  if (!(error instanceof RequestBodyError)) throw error;
  const { status, message } = error;
  if (status === 429 || status === 503) return sendLimitError(c, status, message);
  if (status === 413) return sendOversizeError(c, status);
  return sendError(c, status, message);
}

const BUSY = {
  429: 'This client has too many requests in flight.',
  503: 'Too many requests are in flight.',
};

/** Responds that too many requests are in flight: 429 for the client's own limit, 503 for the limit of all. */
export function sendLimitError(
  c: Context,
  status: RefusalStatus,
  message = BUSY[status],
): Response | Promise<Response> {
  c.header('Retry-After', '1');
  return sendError(c, status, message);
}

const TOO_LARGE = {
  413: 'The body of this request is too large.',
  414: 'The address of this request is too long.',
  431: 'The headers of this request are too large.',
};

export function sendOversizeError(c: Context, status: OversizeStatus): Response | Promise<Response> {
  return sendError(c, status, TOO_LARGE[status]);
}
