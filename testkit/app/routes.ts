import { counter } from '../../app/routes/counter.ts';
import { dashboard } from '../../app/routes/dashboard.ts';
import { release } from '../../app/routes/release.ts';
import type { Route } from '../../app/routes/route.ts';
import { ledger } from './ledger-route.ts';
import { live } from './live-route.ts';

/** The routes that the tests run, so that they do not depend on the app's list. */
export const routes: readonly Route[] = [counter, release, dashboard, ledger, live];
