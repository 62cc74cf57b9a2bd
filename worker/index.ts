import { env } from 'cloudflare:workers';
import * as app from '#app/routes';
import { type GivenSettings, parseSettings } from '../app/lib/settings.ts';
import { settingsOf } from '../app/routes/app-parts.ts';
import { checkRoutes } from '../app/routes/check-routes.ts';
import { parseWorkerConfig, workerSettings } from './config.ts';
import { createEdge, type EdgeBindings } from './edge.ts';

const routes = checkRoutes(app);

// Created when the worker is loaded, so that an invalid variable prevents the start instead of failing the first
// request.
const edge = createEdge({
  config: parseWorkerConfig({ ...env }),
  bindings: env as EdgeBindings,
  routes,
  appSettings: parseSettings(settingsOf(routes, Object.keys(workerSettings)), { ...env } as GivenSettings),
});

export default edge.app;

/** Clients cannot reach this entrypoint: the process that runs the worker reads it for its metrics. */
export const figures = { fetch: () => Response.json(edge.report()) };
