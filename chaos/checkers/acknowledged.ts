import type { Checker } from '../history.ts';
import { isAcknowledged } from './kinds.ts';

/** Looks up each acknowledged visit in the access log. */
export const acknowledgedCheck: Checker = {
  name: 'acknowledged',
  promise: 'every acknowledged visit is in the access log, with its number and request id',
  find({ operations, ledger }) {
    const requestIds = new Map(ledger.rows.map(({ number, requestId }) => [number, requestId]));
    return operations.filter(isAcknowledged).flatMap((visit) => {
      const found = requestIds.get(visit.number);
      if (found === visit.requestId) return [];
      const message =
        found === undefined
          ? `visit ${visit.number} was acknowledged and has no row`
          : `visit ${visit.number} was acknowledged to ${visit.requestId}, and its row belongs to ${found}`;
      return [{ check: 'acknowledged', message, operations: [visit] }];
    });
  },
};
