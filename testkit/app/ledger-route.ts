import { type Context, Hono } from 'hono';
import type { AppEnv } from '../../app/env.ts';
import type { Route } from '../../app/routes/route.ts';
import type { SessionSnapshot } from '../../app/sessions/session.ts';

/** A list of entries that one client has made, of any length: a session holds only the latest ones. */
export interface SessionLedger {
  /** The list's first entry, which names the list. */
  list: string;
  /** How many entries were made. */
  count: number;
  /** The latest entries, the oldest first. */
  latest: string[];
}

declare module '../../app/sessions/session-data.ts' {
  interface SessionData {
    ledger?: SessionLedger;
  }
}

/** More than a client makes between two responses. */
const KEPT_ENTRIES = 16;

/**
 * Changes the client's session in ways that can be checked later. The client chooses the entries, and each is appended as often
 * as it is sent: only sessions themselves recognise a retry. Balancers retry all methods except POST.
 */
export const ledger: Route = { path: '/ledger', takeover: true, create: createLedger };

function createLedger(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get('/', async (c) => sendState(c, await c.var.session.get()));

  app.on(['POST', 'PUT'], '/entries/:entry', async (c) => {
    const entry = c.req.param('entry') as string;
    const state = await c.var.session.update((data) => ({ ...data, ledger: append(data.ledger, entry) }));
    return sendState(c, state);
  });

  app.put('/id', async (c) => {
    await c.var.session.regenerate();
    return sendState(c, await c.var.session.get());
  });

  app.delete('/', async (c) => {
    await c.var.session.destroy();
    return sendState(c, await c.var.session.get());
  });

  return app;
}

function append(before: SessionSnapshot['ledger'], entry: string): SessionLedger {
  const { list, count, latest } = before ?? { list: entry, count: 0, latest: [] };
  return { list, count: count + 1, latest: [...latest, entry].slice(-KEPT_ENTRIES) };
}

function sendState(c: Context<AppEnv>, state: SessionSnapshot | undefined): Response {
  return c.json({ ledger: state?.ledger, readFrom: c.var.session.source() });
}
