import { stripHopByHopHeaders } from './proxy-headers.ts';
import type { RelayTimeouts } from './relay-body.ts';
import { streamResponseBody } from './response-body.ts';
import { relayWebSocket } from './websocket.ts';

/**
 * A response. `done` resolves when it was sent in full; undefined when nothing of it remains to be sent by the
 * balancer.
 */
export interface Answer {
  response: Response;
  done?: Promise<void> | undefined;
}

/**
 * Converts the peer's response to the client's, without waiting for its body.
 *
 * @throws when the response cannot be sent on
 */
export async function convertResponse(response: Response, timeouts: RelayTimeouts): Promise<Answer> {
  const { headers, webSocket } = response;
  if (webSocket) {
    const { status, statusText } = response;
    const ended = Promise.withResolvers<void>();
    const relayed = relayWebSocket(webSocket, ended.resolve);
    const upgrade = new Response(null, { status, statusText, headers, webSocket: relayed });
    return { response: upgrade, done: ended.promise };
  }
  if (hasUnusableLength(headers)) throw new Error('another transfer coding than chunked, or a length beside it');
  const { content, done } = await streamResponseBody(response.body, headers.get('Content-Length'), timeouts);
  const { status, statusText } = response;
  // The body is encoded already, as its headers say.
  const answered = new Response(content, { status, statusText, headers, encodeBody: 'manual' });
  stripHopByHopHeaders(answered.headers);
  return { response: answered, done };
}

/** The runtime reads such a body as chunked, whatever else its headers say (RFC 9112 section 6.3). */
function hasUnusableLength(headers: Headers): boolean {
  const coding = headers.get('Transfer-Encoding');
  return coding !== null && (coding.toLowerCase() !== 'chunked' || headers.has('Content-Length'));
}

/** Frees the connection of a response that is not read. */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel();
}
