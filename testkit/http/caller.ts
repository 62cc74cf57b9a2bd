import { createMiddleware } from 'hono/factory';
import type { Caller } from '../../app/client/client-info.ts';
import type { AppEnv } from '../../app/env.ts';

/** A caller as the app sees it: a client on the Internet that connects by itself over HTTP, unless told otherwise. */
export function someCaller(differences: Partial<Caller> = {}): Caller {
  return {
    clientIp: '203.0.113.7',
    requestId: 'r1',
    isVerified: true,
    scheme: 'http',
    hosts: ['app.example'],
    ...differences,
  };
}

/** Has a part of the app see that caller. */
export function calledBy(differences: Partial<Caller> = {}) {
  return createMiddleware<AppEnv>(async (c, next) => {
    c.set('caller', someCaller(differences));
    await next();
  });
}
