import { eq } from 'drizzle-orm';
import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import type { AppEnv } from '../../app/env.ts';
import { sendError } from '../../app/http/error-response.ts';
import { respond } from '../../app/http/respond.ts';
import { type SettingsValues, setting } from '../../app/lib/settings.ts';
import { integer } from '../../app/lib/text-format.ts';
import type { Route } from '../../app/routes/route.ts';
import { cartPage, orderPage, PRODUCTS, totalCents } from './cart-page.ts';
import { shopOrder } from './orders.ts';

declare module '../../app/sessions/session-data.ts' {
  interface SessionData {
    /** Counts by product. The id becomes the order's key, so each change gives the cart another one. */
    cart?: { id: string; items: Record<string, number> };
  }
}

const settings = {
  CART_MAX_ITEMS: setting(integer({ min: 1, max: 1000 }), {
    about: 'How many items a cart holds.',
    example: '20',
    default: 20,
  }),
};

declare module '../../app/env.ts' {
  interface AppSettings extends SettingsValues<typeof settings> {}
}

/** A shop: `GET /` shows the cart, `POST /add` adds to it, `POST /order` orders it, `GET /orders/:id` shows an order. */
export const cart: Route = { path: '/', tables: [shopOrder], settings, create: createCart };

const product = validator('form', ({ product }, c) => {
  if (typeof product === 'string' && Object.hasOwn(PRODUCTS, product)) return { product };
  return sendError(c, 400, `Expected a product: one of ${Object.keys(PRODUCTS).join(', ')}.`);
});

const order = validator('form', ({ cart: id }, c) => {
  if (typeof id === 'string' && id.length === 36) return { id };
  return sendError(c, 400, 'Expected the id of the cart to order.');
});

function createCart(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get('/', async (c) => show(c));

  app.post('/add', product, async (c) => {
    const { product: name } = c.req.valid('form');
    const max = c.var.settings.CART_MAX_ITEMS;
    const newId = crypto.randomUUID();
    await c.var.session.update((data) => {
      const { items = {} } = data.cart ?? {};
      const isFull = Object.values(items).reduce((sum, count) => sum + count, 0) >= max;
      return isFull ? data : { ...data, cart: { id: newId, items: { ...items, [name]: (items[name] ?? 0) + 1 } } };
    });
    return isForm(c) ? c.redirect('/', 303) : show(c);
  });

  app.post('/order', order, async (c) => {
    const { id } = c.req.valid('form');
    const { db, session, log } = c.var;
    const { cart: current } = (await session.get()) ?? {};
    if (current?.id === id) {
      const { items } = current;
      // A second click, or the same form sent again after a failure, finds the order placed.
      await db.once(`order ${id}`, [
        db.insert(shopOrder).values({ cartId: id, items, cents: totalCents(items), placedAt: new Date() }),
      ]);
      log.info({ order: id }, 'order placed');
    }
    await session.update(({ cart: now, ...rest }) =>
      now === undefined || now.id === id ? rest : { ...rest, cart: now },
    );
    return isForm(c) ? c.redirect(`/orders/${id}`, 303) : showOrder(c, id);
  });

  app.get('/orders/:id', (c) => showOrder(c, c.req.param('id')));

  return app;
}

/** Browsers that send the page's forms are redirected, so that a reload does not send the form again. */
function isForm(c: Context<AppEnv>): boolean {
  return c.req.header('Accept')?.includes('text/html') === true;
}

async function show(c: Context<AppEnv>): Promise<Response> {
  const { session, affinity, page } = c.var;
  const { id, items } = (await session.get())?.cart ?? { items: {} };
  const json = { id, items, cents: totalCents(items), affinity, readFrom: session.source() };
  const text = Object.entries(items).map(([name, count]) => `${count} ${name}`);
  return respond(c, { text: text.join(', ') || 'empty', json, html: () => cartPage(json, page) });
}

async function showOrder(c: Context<AppEnv>, id: string): Promise<Response> {
  const [found] = await c.var.db.select().from(shopOrder).where(eq(shopOrder.cartId, id));
  if (found === undefined) return sendError(c, 404, 'There is no such order.');
  return respond(c, {
    text: `ordered for ${found.cents} cents`,
    json: found,
    html: () => orderPage(found, c.var.page),
  });
}
