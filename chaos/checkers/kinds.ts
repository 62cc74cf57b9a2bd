import type { Operation } from '../history.ts';

/** A visit that was answered with its number. */
export type Acknowledged = Operation & { number: number };

/** Requests that no balancer may send twice. */
export function isPost({ asked }: Operation): boolean {
  return asked === 'release' || asked === 'append';
}

/** Whether a visit was acknowledged: the client knows its number. */
export function isAcknowledged(operation: Operation): operation is Acknowledged {
  return operation.asked === 'visit' && operation.outcome === 'answered' && operation.number !== undefined;
}

/** A change of a session that was answered with the list after it. */
export type AcknowledgedChange = Operation & { entry: string; ledger: NonNullable<Operation['ledger']> };

export function isAcknowledgedChange(operation: Operation): operation is AcknowledgedChange {
  return operation.status === 200 && operation.entry !== undefined && operation.ledger !== undefined;
}

/** Whether an operation replaces or removes the id of its session. */
export function isEnd({ asked }: Operation): boolean {
  return asked === 'regenerate' || asked === 'destroy';
}
