import { RedisStore } from 'connect-redis';
import express from 'express';
import session, { MemoryStore } from 'express-session';
import { createClient } from 'redis';

// The handlers of `bench/app/routes.ts` with Express. Sessions are in the Redis of REDIS_URL, or in memory without one.

const LONGEST_CART = 5;
const SAMPLE = ['a pair of shoes'];
const { PORT, REDIS_URL } = process.env;

async function createStore() {
  if (REDIS_URL === undefined) return new MemoryStore();
  const client = createClient({ url: REDIS_URL });
  await client.connect();
  // Otherwise each read would be followed by a command that prolongs the session.
  return new RedisStore({ client, disableTouch: true });
}

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.get('/cart/sample', (_request, response) => response.json({ cart: SAMPLE }));
app.use(session({ store: await createStore(), secret: 'bench', resave: false, saveUninitialized: false }));
app.get('/cart', (request, response) => response.json({ cart: request.session.cart ?? [] }));
app.post('/cart', (request, response) => {
  request.session.cart = [...(request.session.cart ?? []), ...SAMPLE].slice(-LONGEST_CART);
  response.json({ cart: request.session.cart });
});
app.listen(Number(PORT), '127.0.0.1');
