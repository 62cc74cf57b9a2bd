import type { Operation } from '../history.ts';

/** A visit that was answered with its number. */
export type Acknowledged = Operation & { number: number };

/** Whether a visit was acknowledged: the client knows its number. */
export function isAcknowledged(operation: Operation): operation is Acknowledged {
  return operation.asked === 'visit' && operation.outcome === 'answered' && operation.number !== undefined;
}
