import type { Server, ServerOptions } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { NosniffResponse } from './nosniff-response.ts';

type Fetch = Parameters<typeof createAdaptorServer>[0]['fetch'];

/** Creates Node's HTTP server for an app, without listening. */
export function createHttpServer(fetch: Fetch, serverOptions: ServerOptions = {}): Server {
  return createAdaptorServer({
    fetch,
    // Used for HTTP/1.0 requests that name no host.
    hostname: 'localhost',
    serverOptions: { ServerResponse: NosniffResponse, ...serverOptions },
  }) as Server;
}
