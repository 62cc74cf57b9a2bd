import { stripHopByHopHeaders } from './proxy-headers.ts';
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

/** Converts the peer's response to the client's, without waiting for its body. */
export async function convertResponse(response: Response): Promise<Answer> {
  const { headers, webSocket } = response;
  if (webSocket) {
    const { status, statusText } = response;
    const ended = Promise.withResolvers<void>();
    const relayed = relayWebSocket(webSocket, ended.resolve);
    const upgrade = new Response(null, { status, statusText, headers, webSocket: relayed });
    return { response: upgrade, done: ended.promise };
  }
  // The runtime decompresses a compressed body, so its length changes.
  const isCompressed = headers.has('Content-Encoding');
  const contentLength = isCompressed ? null : headers.get('Content-Length');
  const { content, done } = await streamResponseBody(response.body, contentLength);
  const answered = new Response(content, response);
  stripHopByHopHeaders(answered.headers);
  if (isCompressed) {
    answered.headers.delete('Content-Encoding');
    answered.headers.delete('Content-Length');
  }
  return { response: answered, done };
}

/** Frees the connection of a response that is not read. */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel();
}
