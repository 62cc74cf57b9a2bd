import { UserError } from '../../app/lib/user-error.ts';

/** The runtime ended before it listened: the port is taken, or the worker rejects its variables. */
export class EdgeStartError extends UserError {
  override name = 'EdgeStartError';
}
