import type { Hono } from 'hono';
import type { DashboardAccess } from '../dashboard/access.ts';
import type { DashboardFeed } from '../dashboard/feed.ts';
import type { AppEnv, ReplicaIdentity } from '../env.ts';
import type { AcceptWebSocket } from '../http/web-socket.ts';
import type { Log } from '../lib/log.ts';
import type { Setting } from '../lib/settings.ts';
import type { PageContext } from '../pages/layout.ts';
import type { AppTable } from '../tables/define-table.ts';
import type { Visit } from '../visits/visit.ts';

/** The settings that a route declares, by name. */
export type RouteSettings = Readonly<Record<string, Setting<unknown>>>;

/**
 * What a route is created with. What belongs to a request is in its context: session, database, affinity verdict, client,
 * log and the route's settings.
 */
export interface RouteServices {
  server: ReplicaIdentity;
  visits: {
    /** Counts a visit. Resolves with its number once it is committed. */
    record(visit: Visit): Promise<number>;
    /** Reads the number of all visits ever counted. */
    count(): Promise<number>;
  };
  dashboard: { access: DashboardAccess; feed: DashboardFeed };
  page: PageContext;
  /** Returns a handler that accepts WebSockets. */
  upgradeWebSocket: AcceptWebSocket;
  log: Log;
  /** Whether this replica is about to stop and wants no new clients. */
  isDraining: () => boolean;
  /** Wall-clock time, in milliseconds since the epoch. */
  nowMs: () => number;
}

/** A part of the app with its own paths. The `routes.ts` of the app's folder lists the routes. */
export interface Route {
  /** Where the handlers are mounted. */
  path: string;
  /**
   * Whether the edge runs the handlers itself when no replica can answer. It passes no request body on to them, and their only state
   * can be in the database. Otherwise the client gets 502.
   */
  takeover?: boolean;
  /** Whether the handlers count visits, which the dashboard then shows. */
  countsVisits?: boolean;
  /** Its tables. `npm run generate` derives migrations and grants from them. */
  tables?: readonly AppTable[];
  /** Its settings: environment variables of the replicas, variables of the worker. Declare their types in `AppSettings`. */
  settings?: RouteSettings;
  /** Creates the handlers; undefined when the configuration turns the route off. */
  create(services: RouteServices): Hono<AppEnv> | undefined;
}
