/**
 * Relays messages between a client and a peer's WebSocket, so that the balancer knows when the connection ends.
 *
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
  peerEnd.addEventListener('close', onEnd, { once: true });
  peerEnd.addEventListener('error', onEnd, { once: true });
  return clientEnd;
}

function pipe(from: WebSocket, to: WebSocket): void {
  from.addEventListener('message', ({ data }) => to.send(data));
  from.addEventListener('close', ({ code, reason }) => close(to, code, reason));
  from.addEventListener('error', () => close(to, 1011, 'the other side failed'));
}

/** These codes describe how a connection ended and must not be sent (RFC 6455 section 7.4.1). */
const UNSENDABLE = new Set([1005, 1006, 1015]);

function close(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  if (UNSENDABLE.has(code)) socket.close();
  else socket.close(code, reason);
}
