import { counter } from './routes/counter.ts';
import { dashboard } from './routes/dashboard.ts';
import { release } from './routes/release.ts';
import type { Route } from './routes/route.ts';

/** The routes of the app. Add yours. */
export const routes: readonly Route[] = [counter, release, dashboard];
