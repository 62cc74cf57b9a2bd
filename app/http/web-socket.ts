import type { Context, MiddlewareHandler } from 'hono';
import type { WSEvents } from 'hono/ws';
import type { AppEnv } from '../env.ts';

/** What is called when a WebSocket receives a message, fails or closes. There is no `onOpen`, because workerd has none. */
export type WebSocketEvents = Omit<WSEvents, 'onOpen'>;

/** Returns a handler that accepts WebSockets. `createEvents` is called for each. */
export type AcceptWebSocket = (createEvents: (c: Context<AppEnv>) => WebSocketEvents) => MiddlewareHandler<AppEnv>;
