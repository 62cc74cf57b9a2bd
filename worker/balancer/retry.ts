/** The status that counts as a failed try, as in Nginx's `proxy_next_upstream error timeout http_503`. */
const NEXT_UPSTREAM_STATUS = 503;

/**
 * Methods that Nginx never sends to a second peer once the first may have seen the request (`proxy_next_upstream
 * non_idempotent`).
 */
const NON_IDEMPOTENT_METHODS = new Set(['POST', 'PATCH', 'LOCK']);

/** What the decision depends on besides the peer's response. */
export interface Try {
  /** Whether a second peer may get a request that the first may have executed. */
  isRetryable: boolean;
  /** Nginx would try no other peer after this one. */
  isLast: boolean;
}

/**
 * - `retry`: the next peer gets the request.
 * - `fail`: the client gets a 502 or 504. The peer may have executed the request, which must not be executed twice.
 * - `giveUp`: no peer could answer. The edge serves the request itself, or the client gets a 502 or 504.
 */
export type NextStep = 'retry' | 'fail' | 'giveUp';

export function isRetryable(method: string, body: { isReplayable: boolean }): boolean {
  return body.isReplayable && !NON_IDEMPOTENT_METHODS.has(method);
}

/** Whether a response counts as a failed try. The client gets the last peer's response, whatever its status. */
export function isFailedTry(status: number, { isRetryable, isLast }: Try): boolean {
  return status === NEXT_UPSTREAM_STATUS && isRetryable && !isLast;
}

/**
 * Decides what follows a failed try.
 *
 * @param wasSent false only if the peer certainly never saw the request
 */
export function decide(wasSent: boolean, { isRetryable, isLast }: Try): NextStep {
  if (wasSent && !isRetryable) return 'fail';
  return isLast ? 'giveUp' : 'retry';
}
