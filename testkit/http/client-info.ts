import { createMiddleware } from 'hono/factory';
import type { ClientInfo } from '../../app/client/client-info.ts';
import type { AppEnv } from '../../app/env.ts';

/** Returns a client as the app sees it. By default it is on the Internet and connects directly over HTTP. */
export function someClient(differences: Partial<ClientInfo> = {}): ClientInfo {
  return {
    clientIp: '203.0.113.7',
    requestId: 'r1',
    isVerified: true,
    scheme: 'http',
    hosts: ['app.example'],
    ...differences,
  };
}

/** Returns a middleware that makes the app see that client. */
export function calledBy(differences: Partial<ClientInfo> = {}) {
  return createMiddleware<AppEnv>(async (c, next) => {
    c.set('client', someClient(differences));
    await next();
  });
}
