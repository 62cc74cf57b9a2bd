import { serve } from '@hono/node-server';
import { Hono } from 'hono';

// The limit of what Node can do: an app that sends the same bytes as a replica for a visit, and does nothing else.

const { HOST = '127.0.0.1', PORT, SERVER_IP } = process.env;
const HEADERS = {
  Vary: 'Accept',
  'Cache-Control': 'no-store',
  'X-Request-ID': '1795700000.123-0123456789abcdef',
  'X-Served-By': `${HOST}:${PORT}`,
  'X-Affinity': 'hit',
  'X-Content-Type-Options': 'nosniff',
};

const app = new Hono();
app.get('/', (c) => c.text(`${SERVER_IP}\n`, 200, HEADERS));
const server = serve({ fetch: app.fetch, hostname: HOST, port: Number(PORT) }, () => process.send?.('listening'));
process.on('SIGTERM', () => server.close());
