import { env } from 'cloudflare:workers';
import * as app from '#app/routes';
import { checkRoutes } from '../app/routes/check-routes.ts';
import { parseWorkerConfig } from './config.ts';
import { createEdge, type EdgeBindings } from './edge.ts';

// Created when the worker is loaded, so that an invalid variable prevents the start instead of failing the first
// request.
export default createEdge({
  config: parseWorkerConfig({ ...env }),
  bindings: env as EdgeBindings,
  routes: checkRoutes(app),
});
