import { dashboard } from '../../app/routes/dashboard.ts';
import { release } from '../../app/routes/release.ts';
import type { Route } from '../../app/routes/route.ts';
import { cart } from './cart.ts';

/** A shop in place of the visit counter, with the dashboard and the button that lets go of a replica. */
export const routes: readonly Route[] = [cart, release, dashboard];
