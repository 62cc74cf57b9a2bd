import { type Context, Hono } from 'hono';
import { except } from 'hono/combine';
import { setCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { AFFINITY_COOKIE } from '../affinity/cookie.ts';
import { CLIENT_ID_COOKIE } from '../client/client-id.ts';
import type { AppEnv } from '../env.ts';
import { preferredType, respond, TYPES_WITH_HTML } from '../http/respond.ts';
import type { Route } from './route.ts';

/** `POST /let-go`: see `createReleaseRoute`. */
export const release: Route = { path: '/let-go', create: createReleaseRoute };

/**
 * Creates the route that ends a client's affinity: `POST /` deletes its cookies, which no script can, since they are
 * `HttpOnly`. A balancer puts its own cookie before these, and of two cookies browsers keep the last.
 */
export function createReleaseRoute(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(except(isNoBrowser, csrf({ origin: isOwnOrigin })));

  app.post('/', (c) => {
    c.set('hasLetGo', true);
    for (const name of [AFFINITY_COOKIE, CLIENT_ID_COOKIE]) {
      setCookie(c, name, '', { maxAge: 0, path: '/', httpOnly: true, sameSite: 'Lax' });
    }
    if (preferredType(c, TYPES_WITH_HTML) === 'text/html') {
      c.header('Cache-Control', 'no-store');
      return c.redirect('/', 303);
    }
    return respond(c, { text: 'You have let go.', json: { moored: false } });
  });

  return app;
}

/** Requests without these headers do not come from a browser, so no other site can have caused them. */
function isNoBrowser(c: Context<AppEnv>): boolean {
  return c.req.header('Origin') === undefined && c.req.header('Sec-Fetch-Site') === undefined;
}

/**
 * Whether a page's origin has the host of this request. Hosts are compared as in URLs: case-insensitive, with or without the
 * default port. Schemes are not compared: behind a proxy that ends TLS without saying so, they differ.
 */
function isOwnOrigin(origin: string, c: Context<AppEnv>): boolean {
  const [host] = c.get('client').hosts;
  const page = URL.parse(origin);
  if (!page || page.host === '' || host === undefined) return false;
  return URL.parse(`${page.protocol}//${host}`)?.host === page.host;
}
