import type { Context } from 'hono';
import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { type AffinityVerdict, affinityVerdict } from './affinity-verdict.ts';
import type { Caller, IdentifyCaller } from './caller.ts';
import { publicError } from './errors.ts';
import type { Log } from './log.ts';
import { negotiate } from './negotiate.ts';
import { requestLog } from './request-log.ts';
import type { Visit } from './visit.ts';

/** The replica that answers. */
export interface Server {
  /** Its internal IP, what `GET /` answers. */
  ip: string;
  /** How its balancer dials it, `ip:port`. */
  address: string;
  /** Its server id, what the balancer puts in the affinity cookie. */
  sid: string;
}

export interface AppDeps {
  server: Server;
  visits: {
    /** Counts a visit and answers its number once it is committed. */
    record(visit: Visit): Promise<number>;
    /** How many visits were ever counted. */
    count(): Promise<number>;
  };
  identifyCaller: IdentifyCaller;
  /** The verdict on every request, where it is not the cookie's to tell. */
  affinity?: AffinityVerdict;
  log: Log;
  /** Whether this replica is about to stop and wants no new clients. */
  isDraining?: () => boolean;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs?: () => number;
}

export interface AppEnv {
  Variables: {
    caller: Caller;
    affinity: AffinityVerdict;
    visitNumber?: number;
  };
}

/**
 * Builds the app that counts visits. It uses neither Node's nor Workers' APIs, so that the same handlers run in an origin
 * replica and at the edge; what differs between them comes in as `deps`.
 *
 * @example
 * const app = createApp({ server, visits: createGroupCommit({ commit, queueLimit: 10_000 }), identifyCaller, log });
 * await app.request('/showcount');
 */
export function createApp(deps: AppDeps): Hono<AppEnv> {
  const { server, visits, identifyCaller, affinity, log, isDraining = () => false, nowMs = Date.now } = deps;
  const app = new Hono<AppEnv>();

  app.use(requestLog({ log }));
  app.use(async function stampReplica(c, next) {
    c.set('caller', identifyCaller(c));
    c.set('affinity', affinity ?? affinityVerdict(c.req.header('Cookie'), server.sid));
    await next();
    c.header('X-Request-ID', c.var.caller.requestId);
    c.header('X-Served-By', server.address);
    c.header('X-Affinity', c.var.affinity);
    // RFC 9112 section 9.6: the balancer is to open its next connection elsewhere.
    if (isDraining()) c.header('Connection', 'close');
  });
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const allow = methods.join(', ');
        c.header('Allow', allow);
        return fail(c, 405, `This path answers ${allow} only.`);
      },
    }),
  );

  app.get('/', async (c) => {
    const { requestId, clientIp } = c.var.caller;
    const visit: Visit = {
      requestId,
      timeMs: nowMs(),
      clientIp,
      serverIp: server.ip,
      sid: server.sid,
    };
    // Hono runs a GET handler for HEAD too, and a HEAD is no visit.
    if (c.req.method !== 'GET') return negotiate(c, { text: server.ip, json: {} });

    const number = await visits.record(visit);
    c.set('visitNumber', number);
    const json = {
      visit: number,
      server: { ip: server.ip, address: server.address, sid: server.sid },
      client: { ip: clientIp },
      time: new Date(visit.timeMs).toISOString(),
      affinity: c.var.affinity,
      requestId,
    };
    return negotiate(c, { text: server.ip, json });
  });

  app.get('/showcount', async (c) => {
    const count = await visits.count();
    return negotiate(c, { text: `${count}`, json: { count } });
  });

  app.get('/healthz', (c) => negotiate(c, { text: 'ok', json: { status: 'ok' } }));

  app.get('/readyz', async (c) => {
    if (isDraining()) return negotiate(c, { text: 'draining', json: { status: 'draining' } }, 503);
    await visits.count();
    return negotiate(c, { text: 'ready', json: { status: 'ready' } });
  });

  app.notFound((c) => fail(c, 404, 'There is nothing at this path.'));

  app.onError((error, c) => {
    const { status, message, retryAfterSeconds } = publicError(error);
    if (retryAfterSeconds !== undefined) c.header('Retry-After', `${retryAfterSeconds}`);
    // A failure the table knows was logged where it happened, once for all the visits it hit.
    if (status === 500) log.error({ requestId: c.var.caller?.requestId, err: error }, 'unexpected error');
    return fail(c, status, message);
  });

  return app;
}

function fail(c: Context, status: 404 | 405 | 500 | 503, message: string): Response {
  return negotiate(c, { text: message, json: { error: { status, message } } }, status);
}
