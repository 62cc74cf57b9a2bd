/** What says whether a message has a body besides its own head. */
export interface MessageContext {
  /** The other side has closed the connection, which ends a response without a length. */
  isClosed?: boolean;
  /** The message answers a HEAD. */
  isAnswerToHead?: boolean;
}

/**
 * Finds the end of the first HTTP/1 message in what arrived (RFC 9112 section 6). It understands only what is needed for
 * that, so that a test can look at the bytes themselves.
 *
 * @param bytes one character for each byte
 * @returns undefined when the message is not complete
 */
export function messageEnd(bytes: string, { isClosed = false, isAnswerToHead = false }: MessageContext = {}) {
  const bodyAt = bytes.indexOf('\r\n\r\n') + 4;
  if (bodyAt < 4) return undefined;
  const head = bytes.slice(0, bodyAt);
  const [, status] = head.match(/^HTTP\/1\.\d (\d+)/) ?? [];
  if (isAnswerToHead || (status && /^(1..|204|304)$/.test(status))) return bodyAt;
  if (/\r\ntransfer-encoding: *chunked\r\n/i.test(head)) return chunkedEnd(bytes, bodyAt);
  const [, length] = head.match(/\r\ncontent-length: *(\d+)\r\n/i) ?? [];
  if (length !== undefined) return bytes.length >= bodyAt + Number(length) ? bodyAt + Number(length) : undefined;
  // Only a response may end with its connection.
  if (status === undefined) return bodyAt;
  return isClosed ? bytes.length : undefined;
}

function chunkedEnd(bytes: string, bodyAt: number): number | undefined {
  for (let at = bodyAt; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.slice(at, lineEnd), 16);
    if (!size) {
      const end = bytes.indexOf('\r\n\r\n', lineEnd);
      return end < 0 ? undefined : end + 4;
    }
    at = lineEnd + 2 + size + 2;
  }
}
