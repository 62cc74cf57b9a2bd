import type { RequestHead } from './request-head.ts';

/** How large a request may be. Infinity for no limit. */
export interface RequestSizes {
  bodyBytes: number;
  /** The request line, and all headers with it. */
  headerBytes: number;
  headerFields: number;
}

/** What of a request is too large (RFC 9110 sections 15.5.14 and 15.5.15, RFC 6585 section 5). */
export type OversizeStatus = 413 | 414 | 431;

/**
 * Returns the status for a request that is larger than allowed, else undefined. The length of a chunked body shows only while it is
 * read.
 *
 * @param target path and query
 */
export function oversizeStatus(
  { method, headers, body }: RequestHead,
  target: string,
  sizes: RequestSizes,
): OversizeStatus | undefined {
  let bytes = `${method} ${target} HTTP/1.1\r\n`.length;
  if (bytes > sizes.headerBytes) return 414;
  let fields = 0;
  headers.forEach((value, name) => {
    bytes += name.length + value.length + ': \r\n'.length;
    fields++;
  });
  if (bytes > sizes.headerBytes || fields > sizes.headerFields) return 431;
  // The runtime sends no longer body, whatever the limit.
  const maxBytes = Math.min(sizes.bodyBytes, Number.MAX_SAFE_INTEGER);
  return body !== null && Number(headers.get('Content-Length')) > maxBytes ? 413 : undefined;
}
