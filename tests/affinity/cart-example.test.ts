import { describe, expect, onTestFinished, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { createHttpClient } from '../../testkit/http/http-client.ts';
import type { OriginProcess } from '../../testkit/processes/origin.ts';
import { startReplicasBehind } from './replicas-behind.ts';

interface CartAnswer {
  id: string;
  items: Record<string, number>;
  affinity: string;
  readFrom: string;
}

describe.each(fronts)('examples/cart behind %s', (kind) => {
  /** Starts two replicas with one database, and a client with one item in its cart. */
  async function setUp(settings: Record<string, string> = {}) {
    const app = { settings: { APP_FOLDER: 'examples/cart', ...settings } };
    const { front, replicas } = await startReplicasBehind(kind, app);
    const client = createHttpClient(front.url);
    onTestFinished(client.close);

    const post = (path: string, form: Record<string, string>) =>
      client.send({
        method: 'POST',
        path,
        headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
        body: `${new URLSearchParams(form)}`,
      });
    const cart = async () =>
      JSON.parse(`${(await client.send({ headers: { Accept: 'application/json' } })).body}`) as CartAnswer;
    await post('/add', { product: 'rope' });
    const servedBy = (await client.send()).headers['x-served-by'];
    const home = replicas.find(({ address }) => address === servedBy) as OriginProcess;
    return { client, post, cart, home };
  }

  test('the cart is read from memory, and from the database when its replica is killed', async () => {
    const { post, cart, home } = await setUp();
    expect(await cart()).toMatchObject({ items: { rope: 1 }, affinity: 'hit', readFrom: 'memory' });
    await home.stop();
    expect(await cart()).toMatchObject({ items: { rope: 1 }, affinity: 'moved', readFrom: 'database' });
    await post('/add', { product: 'rope' });
    expect(await cart()).toMatchObject({ items: { rope: 2 }, affinity: 'hit', readFrom: 'memory' });
  });

  test('a cart that is ordered again and again, on two replicas, is one order', async () => {
    const { post, cart, client, home } = await setUp();
    const { id } = await cart();
    const orders = await Promise.all([1, 2, 3].map(() => post('/order', { cart: id })));
    await home.stop();
    orders.push(await post('/order', { cart: id }));
    for (const { status, body } of orders) {
      expect([status, JSON.parse(`${body}`)]).toEqual([200, expect.objectContaining({ cartId: id, cents: 1250 })]);
    }
    expect(await cart()).toMatchObject({ items: {} });
    expect(`${(await client.send({ path: `/orders/${id}`, headers: { Accept: 'text/plain' } })).body}`).toBe(
      'ordered for 1250 cents\n',
    );
  });

  test('what was added after the page was shown is neither ordered nor lost', async () => {
    const { post, cart } = await setUp();
    const { id } = await cart();
    await post('/add', { product: 'anchor' });
    expect((await post('/order', { cart: id })).status).toBe(404);
    expect((await cart()).items).toEqual({ rope: 1, anchor: 1 });
  });

  test.each([
    ['/add', { product: 'gold' }, 400],
    ['/add', {}, 400],
    ['/order', { cart: '' }, 400],
    ['/order', { cart: 'c'.repeat(36) }, 404],
  ])('%s with %j is answered %i', async (path, form, status) => {
    const { post } = await setUp();
    expect((await post(path, form as Record<string, string>)).status).toBe(status);
  });

  test("CART_MAX_ITEMS, the route's own setting, bounds the cart", async () => {
    const { post, cart } = await setUp({ CART_MAX_ITEMS: '2' });
    for (const product of ['anchor', 'lantern']) await post('/add', { product });
    expect((await cart()).items).toEqual({ rope: 1, anchor: 1 });
  });
});
