/** How long a peer may take to close its WebSocket after the client's has ended. */
const CLOSE_TIMEOUT_MS = 5000;

/** RFC 6455 section 7.4.1. */
const INTERNAL_ERROR = 1011;

/**
 * Relays messages between a client and a peer's WebSocket, so that the balancer knows when the connection ends.
 *
 * @param onEnd called when the peer's WebSocket has ended, or should have because the client's has; maybe twice
 * @returns the client's end, for the response
 */
export function relayWebSocket(peerEnd: WebSocket, onEnd: () => void): WebSocket {
  const { 0: clientEnd, 1: ourEnd } = new WebSocketPair();
  for (const end of [peerEnd, ourEnd]) {
    // An array buffer can be sent on unchanged; a blob cannot.
    end.binaryType = 'arraybuffer';
    end.accept();
  }
  pipe(peerEnd, ourEnd);
  pipe(ourEnd, peerEnd);
  whenEnded(peerEnd, onEnd);
  whenEnded(ourEnd, () => {
    // A peer that hangs does not answer the close.
    if (peerEnd.readyState !== WebSocket.CLOSED) setTimeout(onEnd, CLOSE_TIMEOUT_MS);
  });
  return clientEnd;
}

function whenEnded(end: WebSocket, listener: () => void): void {
  end.addEventListener('close', listener, { once: true });
  end.addEventListener('error', listener, { once: true });
}

function pipe(from: WebSocket, to: WebSocket): void {
  from.addEventListener('message', ({ data }) => to.send(data));
  from.addEventListener('close', ({ code, reason }) => close(to, code, reason));
  from.addEventListener('error', () => close(to, INTERNAL_ERROR, 'the other side failed'));
}

/** These codes describe how a connection ended and must not be sent (RFC 6455 section 7.4.1). */
const UNSENDABLE = new Set([1005, 1006, 1015]);

function close(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  if (UNSENDABLE.has(code)) socket.close();
  else socket.close(code, reason);
}
