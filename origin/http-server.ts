import type { Server, ServerOptions } from 'node:http';
import { createAdaptorServer, type WebSocketServerLike } from '@hono/node-server';
import { NosniffResponse } from './nosniff-response.ts';
import type { WebSockets } from './web-sockets.ts';

type Fetch = Parameters<typeof createAdaptorServer>[0]['fetch'];

/** Creates Node's HTTP server for an app, without listening. */
export function createHttpServer(fetch: Fetch, serverOptions: ServerOptions = {}, webSockets?: WebSockets): Server {
  return createAdaptorServer({
    fetch,
    // Used for HTTP/1.0 requests that name no host.
    hostname: 'localhost',
    serverOptions: {
      ServerResponse: NosniffResponse,
      // Otherwise Node would leave every request with an `Upgrade` to the WebSocket server, which answers no other ones.
      shouldUpgradeCallback: (request) => webSockets?.accepts(request) ?? false,
      ...serverOptions,
    },
    ...(webSockets && { websocket: { server: webSockets.server as WebSocketServerLike } }),
  }) as Server;
}
