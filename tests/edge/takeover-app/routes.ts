import type { Route } from '../../../app/routes/route.ts';
import { cart } from '../../../examples/cart/cart.ts';

/** The shop of `examples/cart`, which the edge serves itself when no replica can. Its replicas run the example as it is. */
export const routes: readonly Route[] = [{ ...cart, takeover: true }];
