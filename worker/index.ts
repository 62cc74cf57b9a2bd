import { env } from 'cloudflare:workers';
import { parseWorkerConfig } from './config.ts';
import { createEdge, type EdgeBindings } from './edge.ts';

// Built when the worker is loaded, so that a wrong variable refuses the start and not the first request.
export default createEdge(parseWorkerConfig({ ...env }), env as EdgeBindings);
