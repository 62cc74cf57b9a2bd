import { describe, expect, onTestFinished, test } from 'vitest';
import { jsonOf, startTestEdge, type TestEdge } from '../../testkit/fronts/edge.ts';
import { createHttpClient } from '../../testkit/http/http-client.ts';
import { openRequest, responseTo } from '../../testkit/http/send.ts';
import { hasMysql } from '../../testkit/mysql/database.ts';
import { freePortRange } from '../../testkit/network/free-ports.ts';
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
    const { ask } = await startEdgeAlone();
    const body = `padding=${'x'.repeat(padding)}&product=rope`;
    const answer = await ask({ method: 'POST', path: '/add', headers: { ...FORM, ...headers }, body });
    expect([answer.status, answer.headers['x-affinity']]).toEqual([200, 'takeover']);
    expect(`${answer.body}`).toContain('"items":{"rope":1}');
  });

  test.each([
    ['streamed', {}],
    ['in chunks', { 'Transfer-Encoding': 'chunked' }],
  ])(
    'A11: one of more than a megabyte that is %s is not taken over: handlers hold it in memory',
    async (_how, headers) => {
      const { ask } = await startEdgeAlone({ CLIENT_BODY_MAX_BYTES: 'off' });
      const body = `product=rope&padding=${'x'.repeat(1024 * 1024)}`;
      expect((await ask({ method: 'POST', path: '/add', headers: { ...FORM, ...headers }, body })).status).toBe(502);
    },
  );

  test.each([
    ['small', 100],
    ['streamed', 100_000],
  ])('A11: a %s one that comes too slowly is answered 408', async (_size, length) => {
    const { url } = await startEdgeAlone({ CLIENT_BODY_TIMEOUT_MS: '300' });
    const headers = { ...FORM, 'Content-Length': `${length}` };
    const request = openRequest(url, { method: 'POST', path: '/add', headers });
    request.write('product=');
    expect((await responseTo(request)).statusCode).toBe(408);
  });

  /** Starts an edge in front of a replica that is not there. */
  async function startEdgeAlone(vars: Record<string, string> = {}): Promise<TestEdge> {
    const database = await createMigratedDatabase();
    onTestFinished(database.drop);
    const origins = [`http://127.0.0.1:${await freePortRange(1)} max_fails=0`];
    return startTestEdge({ appFolder: APP_FOLDER, databaseUrl: database.url, origins, vars });
  }
});
