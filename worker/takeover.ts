import { type AppDeps, createApp } from '../app/app.ts';
import { createClientResolver } from '../app/client/client-info.ts';

/** Serves a request that no peer could answer. The request has the headers that the peers received. */
export type Takeover = (request: Request) => Response | Promise<Response>;

/**
 * Creates the handlers for a takeover. They use the request id that the peers received: a visit that a peer committed
 * before it failed is not counted again, and the response has its number.
 */
export function createTakeover(handlers: Omit<AppDeps, 'resolveClient' | 'affinity'>): Takeover {
  const app = createApp({
    ...handlers,
    // Trust these headers: the balancer has set them, and whatever the client sent in them is gone.
    resolveClient: createClientResolver({
      remoteAddress: () => undefined,
      trust: { preset: 'nginx', hops: 1, isTrusted: () => true },
    }),
    affinity: 'takeover',
  });
  return (request) => app.fetch(request);
}
