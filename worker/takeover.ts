import { type AppDeps, createApp } from '../app/app.ts';
import { createClientResolver } from '../app/client/client-info.ts';

/** Serves a request in place of the peers, which could not. The request is as they were to see it. */
export type Takeover = (request: Request) => Response | Promise<Response>;

/**
 * Builds the handlers that take over. They know a request by the id that the peers got: a visit one of them committed before
 * it failed is counted already, and is answered with its number.
 */
export function createTakeover(handlers: Omit<AppDeps, 'resolveClient' | 'affinity'>): Takeover {
  const app = createApp({
    ...handlers,
    // The headers are the balancer's own: whatever the client sent of these is gone.
    resolveClient: createClientResolver({
      remoteAddress: () => undefined,
      trust: { preset: 'nginx', hops: 1, isTrusted: () => true },
    }),
    affinity: 'takeover',
  });
  return (request) => app.fetch(request);
}
