import type { Hono } from 'hono';
import { TrieRouter } from 'hono/router/trie-router';
import { type AppDeps, createApp } from '../app/app.ts';
import { createClientResolver } from '../app/client/client-info.ts';
import type { AppEnv } from '../app/env.ts';

/** Serves requests that no peer could answer. They have the headers that the peers received. */
export interface Takeover {
  /** Whether a route with `takeover` has this path. */
  serves(path: string): boolean;
  fetch(request: Request): Response | Promise<Response>;
}

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
    routes: handlers.routes.filter(({ takeover }) => takeover),
  });
  return { serves: createPathMatcher(app), fetch: (request) => app.fetch(request) };
}

/** Returns a function that finds out whether an app has a handler for a path, whatever the method. */
function createPathMatcher(app: Hono<AppEnv>): (path: string) => boolean {
  const router = new TrieRouter<boolean>();
  // Middleware is registered for all methods.
  for (const { method, path } of app.routes) if (method !== 'ALL') router.add('ALL', path, true);
  return (path) => router.match('ALL', path)[0].length > 0;
}
