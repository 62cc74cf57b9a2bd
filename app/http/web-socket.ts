import type { Context, MiddlewareHandler } from 'hono';
import type { WSContext, WSEvents } from 'hono/ws';
import type { AppEnv } from '../env.ts';

/** What is called when a WebSocket receives a message, fails or closes. There is no `onOpen`, because workerd has none. */
export type WebSocketEvents = Omit<WSEvents, 'onOpen'>;

/** Returns a handler that accepts WebSockets. `createEvents` is called for each. */
export type AcceptWebSocket = (createEvents: (c: Context<AppEnv>) => WebSocketEvents) => MiddlewareHandler<AppEnv>;

/** RFC 6455 section 7.4.1: the server met a condition that it did not expect. */
const INTERNAL_ERROR = 1011;

/** Closes a WebSocket, which the runtime may have closed already. */
function closeWith(socket: WSContext, code: number): void {
  try {
    socket.close(code);
  } catch {
    // Then there is nothing to close.
  }
}

/**
 * Wraps `accept` so that a handler that throws or rejects is logged, and its WebSocket closed with the code 1011. On Node a
 * rejection that nobody handles would end the process, with the WebSockets and requests of all clients.
 */
export function closeOnFailure(accept: AcceptWebSocket): AcceptWebSocket {
  return (createEvents) =>
    accept((c) => {
      function guard<E>(handle: (event: E, socket: WSContext) => unknown) {
        return async (event: E, socket: WSContext) => {
          try {
            await handle(event, socket);
          } catch (error) {
            c.var.log.error({ err: error }, 'WebSocket handler failed');
            closeWith(socket, INTERNAL_ERROR);
          }
        };
      }

      const { onMessage, onClose, onError } = createEvents(c);
      return {
        ...(onMessage && { onMessage: guard(onMessage) }),
        ...(onClose && { onClose: guard(onClose) }),
        ...(onError && { onError: guard(onError) }),
      };
    });
}
