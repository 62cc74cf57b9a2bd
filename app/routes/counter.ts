import { type Context, Hono } from 'hono';
import type { AppEnv } from '../env.ts';
import { sendError } from '../http/error-response.ts';
import { isPrefetch } from '../http/prefetch.ts';
import { publicError } from '../http/public-error.ts';
import { type MediaType, preferredType, respond, respondAs, TYPES_WITH_HTML } from '../http/respond.ts';
import { type LastVisit, type LastVisits, sessionSource, visitPage } from '../pages/visit-page.ts';
import type { Visit } from '../visits/visit.ts';
import type { Route, RouteServices } from './route.ts';

declare module '../sessions/session-data.ts' {
  interface SessionData {
    /** The client's last visits, the latest first. */
    lastVisits?: LastVisit[];
  }
}

const LISTED_VISITS = 10;

/** The visit counter: `GET /` counts a visit, `GET /showcount` returns the counter. */
export const counter: Route = { path: '/', takeover: true, countsVisits: true, create: createCounter };

function createCounter({ server, visits, page, nowMs }: RouteServices): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get('/', async (c) => {
    const { requestId, clientIp } = c.get('client');
    const visit: Visit = { requestId, clientIp, serverIp: server.ip, sid: server.sid };
    const timeMs = nowMs();
    // Hono runs a GET handler for HEAD too, and a HEAD is no visit.
    if (c.req.method !== 'GET') return respond(c, { text: server.ip, json: {} });
    // Browsers prefetch pages that nobody has asked for yet, and request them again when somebody does.
    if (isPrefetch(c)) return sendError(c, 425, 'Too early to prefetch this page: the request would count a visit.');

    const number = await visits.record(visit);
    c.set('visit', { number, timeMs, requestId });
    const affinity = c.get('affinity');
    const type = preferredType(c, TYPES_WITH_HTML);
    const { address, sid } = server;
    const session = await rememberVisit(type, c, { number, timeMs, affinity, address, sid });
    const json = () => ({
      visit: number,
      server: { ip: server.ip, address: server.address, sid: server.sid },
      client: { ip: clientIp },
      time: new Date(timeMs).toISOString(),
      affinity,
      requestId,
      ...(session && { session: { ...session, note: sessionSource(session.readFrom, affinity) } }),
    });
    const html = () => visitPage({ number, timeMs, affinity, requestId, server, session }, page);
    return respondAs(type, c, { text: server.ip, json, html });
  });

  app.get('/showcount', async (c) => {
    const count = await visits.count();
    return respond(c, { text: `${count}`, json: { count } });
  });

  return app;
}

/**
 * Adds a visit to the client's session. Only a page begins a session: other clients would not keep its cookie.
 *
 * @returns undefined when there is no session
 */
async function rememberVisit(type: MediaType, c: Context<AppEnv>, visit: LastVisit): Promise<LastVisits | undefined> {
  if (type === 'text/plain') return undefined;
  const session = c.get('session');
  try {
    if (type !== 'text/html' && (await session.get()) === undefined) return undefined;
    const { lastVisits = [] } = await session.update(({ lastVisits: before = [], ...rest }) => ({
      ...rest,
      lastVisits: [visit, ...before].slice(0, LISTED_VISITS),
    }));
    return { readFrom: session.source() ?? 'nowhere', list: lastVisits };
  } catch (error) {
    // The visit is counted, whatever becomes of the list. The store has logged the failure.
    if (publicError(error).status === 500) throw error;
    return { readFrom: 'failed', list: [] };
  }
}
