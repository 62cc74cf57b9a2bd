import { counter } from './counter.ts';
import { dashboard } from './dashboard.ts';
import { release } from './release.ts';
import type { Route } from './route.ts';

/** The routes of the app. Add yours. */
export const routes: readonly Route[] = [counter, release, dashboard];
