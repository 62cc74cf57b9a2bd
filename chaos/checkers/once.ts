import type { Checker, Violation } from '../history.ts';
import { isAcknowledged } from './kinds.ts';

/** Looks for visits that were counted or acknowledged twice. */
export const onceCheck: Checker = {
  name: 'once',
  promise: 'no request id has two rows, and no number is acknowledged to two requests',
  find({ operations, ledger }) {
    const violations: Violation[] = [];
    const byRequest = Map.groupBy(ledger.rows, ({ requestId }) => requestId);
    for (const [requestId, rows] of byRequest) {
      if (rows.length === 1) continue;
      violations.push({
        check: 'once',
        message: `the visit ${requestId} was counted ${rows.length} times, as ${rows.map(({ number }) => number).join(' and ')}`,
        operations: operations.filter((operation) => operation.requestId === requestId),
      });
    }
    const byNumber = Map.groupBy(operations.filter(isAcknowledged), ({ number }) => number);
    for (const [number, visits] of byNumber) {
      // The same request id is no excuse: a client sends each request once and gets one response, however often the
      // balancer tries.
      if (visits.length === 1) continue;
      violations.push({
        check: 'once',
        message: `number ${number} was acknowledged to ${visits.length} requests`,
        operations: visits,
      });
    }
    return violations;
  },
};
