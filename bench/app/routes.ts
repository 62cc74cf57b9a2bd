import { type Context, Hono } from 'hono';
import type { AppEnv } from '../../app/env.ts';
import type { Route } from '../../app/routes/route.ts';

declare module '../../app/sessions/session-data.ts' {
  interface SessionData {
    benchCart?: string[];
  }
}

const LONGEST_CART = 5;
const SAMPLE = ['a pair of shoes'];

/** The same handlers as in `bench/peers/express/server.js`. */
export const routes: readonly Route[] = [{ path: '/cart', create: createCart }];

function createCart(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const send = (c: Context<AppEnv>, cart: readonly string[] = []) => c.json({ cart });

  app.get('/sample', (c) => send(c, SAMPLE));

  app.get('/', async (c) => send(c, (await c.var.session.get())?.benchCart));

  app.post('/', async (c) => {
    const { benchCart } = await c.var.session.update(({ benchCart: before = [], ...rest }) => ({
      ...rest,
      benchCart: [...before, ...SAMPLE].slice(-LONGEST_CART),
    }));
    return send(c, benchCart);
  });

  return app;
}
