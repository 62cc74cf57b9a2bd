import { counter } from './routes/counter.ts';
import { dashboard } from './routes/dashboard.ts';
import { release } from './routes/release.ts';
import type { Route } from './routes/route.ts';

/** The routes of the app. Add yours. Without its line here a route is gone, and everything else keeps working. */
export const routes: readonly Route[] = [
  counter, // GET / counts a visit, GET /showcount returns their number
  release, // POST /let-go ends a client's affinity
  dashboard, // GET /dashboard
];
