import { type Context, Hono } from 'hono';
import { except } from 'hono/combine';
import { setCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { AFFINITY_COOKIE } from '../affinity/cookie.ts';
import { CLIENT_ID_COOKIE, readClientId } from '../client/client-id.ts';
import type { AppEnv } from '../env.ts';
import { preferredType, respond, TYPES_WITH_HTML } from '../http/respond.ts';

export interface LetGoOptions {
  /** Is told which client it was. */
  letGo: (clientId: string) => void;
}

/**
 * Builds what lets a client go: `POST /` ends its cookies, which no script can. A balancer puts its own cookie before these,
 * and browsers go by the last one.
 */
export function createLetGo({ letGo }: LetGoOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(except(isNoBrowser, csrf({ origin: isOwnOrigin })));

  app.post('/', (c) => {
    const clientId = readClientId(c);
    if (clientId !== undefined) letGo(clientId);
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

/** Other sites can make a browser send a request, and every browser says where it comes from. */
function isNoBrowser(c: Context<AppEnv>): boolean {
  return c.req.header('Origin') === undefined && c.req.header('Sec-Fetch-Site') === undefined;
}

/**
 * Compares hosts as URLs do: in any case, with or without the default port. Schemes are not compared, because where TLS ends
 * at a proxy that does not say so the page's scheme is not that of the request.
 */
function isOwnOrigin(origin: string, c: Context<AppEnv>): boolean {
  const [host] = c.get('client').hosts;
  const page = URL.parse(origin);
  if (!page || page.host === '' || host === undefined) return false;
  return URL.parse(`${page.protocol}//${host}`)?.host === page.host;
}
