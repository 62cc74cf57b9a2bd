import { describe, expect, onTestFinished, test } from 'vitest';
import { jsonOf, startTestEdge } from '../../testkit/fronts/edge.ts';
import { createHttpClient } from '../../testkit/http/http-client.ts';
import { hasMysql } from '../../testkit/mysql/database.ts';
import { type OriginProcess, startOrigin } from '../../testkit/processes/origin.ts';
import { createMigratedDatabase } from '../../testkit/stores/mysql.ts';

const APP_FOLDER = 'tests/edge/takeover-app';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** Starts two replicas of the shop, an edge that can serve the shop itself, and a client. */
async function setUp() {
  const database = await createMigratedDatabase();
  onTestFinished(database.drop);
  const settings = { APP_FOLDER: 'examples/cart', DATABASE_URL: database.url };
  const replicas: OriginProcess[] = [await startOrigin(settings), await startOrigin(settings)];
  for (const { stop } of replicas) onTestFinished(stop);
  const edge = await startTestEdge({
    appFolder: APP_FOLDER,
    origins: replicas.map(({ url }) => `${url} max_fails=0`),
    databaseUrl: database.url,
  });
  const client = createHttpClient(edge.url);
  onTestFinished(client.close);
  const Accept = 'application/json';
  return {
    replicas,
    cart: async () => jsonOf(await client.send({ headers: { Accept } })) as { id: string; items: object },
    post: (path: string, form: Record<string, string>) =>
      client.send({
        method: 'POST',
        path,
        headers: { Accept, ...FORM },
        body: `${new URLSearchParams(form)}`,
      }),
    async countOrders(): Promise<number> {
      const [rows] = await database.admin.query('SELECT COUNT(*) AS count FROM shop_order');
      return (rows as { count: number }[])[0]?.count ?? -1;
    },
  };
}

test.skipIf(!hasMysql)(
  "A11: the edge goes on with a client's session, and stores an order that a replica stored no second time",
  async () => {
    const { replicas, cart, post, countOrders } = await setUp();
    await post('/add', { product: 'rope' });
    const { id } = await cart();
    const ordered = await post('/order', { cart: id });
    expect([ordered.status, ordered.headers['x-affinity']]).toEqual([200, 'hit']);
    await post('/add', { product: 'anchor' });
    for (const { stop } of replicas) await stop();

    const again = await post('/order', { cart: id });
    expect([again.status, again.headers['x-affinity']]).toEqual([200, 'takeover']);
    expect(jsonOf(again)).toEqual(jsonOf(ordered));
    expect(await countOrders()).toBe(1);

    await post('/add', { product: 'rope' });
    const next = await cart();
    expect(next.items).toEqual({ anchor: 1, rope: 1 });
    for (const answer of await Promise.all([1, 2].map(() => post('/order', { cart: next.id })))) {
      expect([answer.status, answer.headers['x-affinity']]).toEqual([200, 'takeover']);
    }
    expect(await countOrders()).toBe(2);
  },
);

describe.skipIf(!hasMysql)('the body of a request that the edge serves itself', () => {
  test.each([
    ['kept in memory', 10, {}],
    ['streamed', 100_000, {}],
    ['in chunks', 100_000, { 'Transfer-Encoding': 'chunked' }],
  ])('A11: it is whole when it is %s', async (_how, padding, headers) => {
    const database = await createMigratedDatabase();
    onTestFinished(database.drop);
    const { ask } = await startTestEdge({ appFolder: APP_FOLDER, databaseUrl: database.url });
    const body = `padding=${'x'.repeat(padding)}&product=rope`;
    const { status, body: answer } = await ask({
      method: 'POST',
      path: '/add',
      headers: { ...FORM, ...headers },
      body,
    });
    expect([status, `${answer}`]).toEqual([200, expect.stringContaining('"items":{"rope":1}')]);
  });
});
