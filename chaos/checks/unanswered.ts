import type { Check, Operation, Violation } from '../history.ts';
import { isAcknowledged, SHOWN } from './kinds.ts';

/**
 * How long a refused visit must have waited before it may have been counted all the same: a replica asks the database for some
 * eight seconds how its commit went, and the last pause between two tries may be left out of them.
 */
const IN_DOUBT_MS = 6000;

/** Whether a visit may have been counted without its client's knowledge: nobody told it anything of a request id. */
function isInDoubt({ asked, outcome, status }: Operation): boolean {
  return asked === 'visit' && (outcome !== 'answered' || status === 502 || status === 504);
}

/** Looks for rows that no visit explains. */
export const unansweredCheck: Check = {
  name: 'unanswered',
  promise: 'what nobody was told of is counted only for a visit that broke off, or was refused after long doubt',
  find({ operations, ledger }) {
    const violations: Violation[] = [];
    const acknowledged = new Set(operations.filter(isAcknowledged).map(({ requestId }) => requestId));
    const refused = new Map(
      operations.filter(({ status }) => status === 503).map((operation) => [operation.requestId, operation]),
    );
    let unexplained = 0;
    for (const { requestId, number } of ledger.rows) {
      if (acknowledged.has(requestId)) continue;
      const refusal = refused.get(requestId);
      if (!refusal) unexplained++;
      else if (refusal.endedAtMs - refusal.sentAtMs < IN_DOUBT_MS) {
        const message = `visit ${number} was refused within ${Math.round(refusal.endedAtMs - refusal.sentAtMs)} ms, and counted`;
        violations.push({ check: 'unanswered', message, operations: [refusal] });
      }
    }
    const inDoubt = operations.filter(isInDoubt);
    if (unexplained > inDoubt.length) {
      violations.push({
        check: 'unanswered',
        message: `${unexplained} visits were counted that nobody was told of, and only ${inDoubt.length} broke off`,
        operations: inDoubt.slice(0, SHOWN),
      });
    }
    return violations;
  },
};
