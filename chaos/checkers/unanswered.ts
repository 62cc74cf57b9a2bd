import { DEFAULT_IN_DOUBT_TIMEOUT_MS, IN_DOUBT_BACKOFF } from '../../app/lib/in-doubt.ts';
import type { Checker, LedgerRow, Operation, Violation } from '../history.ts';
import { type Absences, createAbsences } from '../outages.ts';
import { isAcknowledged } from './kinds.ts';
import { createRequestClock } from './request-clock.ts';

/**
 * A visit that was answered with 503 may have been counted if it waited at least this long: a replica may skip the last pause
 * between two questions for the result of its commit.
 */
const IN_DOUBT_MS = DEFAULT_IN_DOUBT_TIMEOUT_MS - IN_DOUBT_BACKOFF.lastMs;
/**
 * Tolerance: a busy machine may create a request's id after its client has disconnected, and two clocks differ
 * slightly.
 */
const ID_WITHIN_MS = 2000;

/** Whether a visit may have been counted without its client's knowledge: the client did not learn its request id. */
function isInDoubt({ asked, outcome, status }: Operation): boolean {
  return asked === 'visit' && (outcome !== 'answered' || status === 502 || status === 504);
}

/**
 * Whether the visit was answered with 503 although the replica had the time and the means to find out that it was
 * counted.
 */
function isRefusedTooSoon(refusal: Operation, absences: Absences): boolean {
  // Another replica may have counted the visit before, and ended before it could answer.
  return refusal.endedAtMs - refusal.sentAtMs < IN_DOUBT_MS && !absences.beganAtReplica(refusal);
}

/** Looks for rows that no visit explains. */
export const unansweredCheck: Checker = {
  name: 'unanswered',
  promise:
    'a visit without an answer is counted only if it broke off, lost its replica, or failed after a long time in doubt',
  find({ operations, outages, clockSteps, ledger }) {
    const absences = createAbsences(outages, []);
    const violations: Violation[] = [];
    const acknowledged = new Set(operations.filter(isAcknowledged).map(({ requestId }) => requestId));
    const refused = new Map(
      operations.filter(({ status }) => status === 503).map((operation) => [operation.requestId, operation]),
    );
    const untold: LedgerRow[] = [];
    for (const row of ledger.rows) {
      if (acknowledged.has(row.requestId)) continue;
      const refusal = refused.get(row.requestId);
      if (!refusal) untold.push(row);
      else if (isRefusedTooSoon(refusal, absences)) {
        const message = `visit ${row.number} failed within ${Math.round(refusal.endedAtMs - refusal.sentAtMs)} ms, and was counted`;
        violations.push({ check: 'unanswered', message, operations: [refusal] });
      }
    }
    return [...violations, ...unexplained(untold, operations, createRequestClock(operations, clockSteps))];
  },
};

/** Assigns to each row a visit that broke off at the time of its id, and reports the rows that are left over. */
function unexplained(
  rows: readonly LedgerRow[],
  operations: readonly Operation[],
  cameAtMs: ReturnType<typeof createRequestClock>,
): Violation[] {
  const timed = rows
    .map((row) => ({ ...row, atMs: cameAtMs(row.requestId) ?? Number.NEGATIVE_INFINITY }))
    .sort((a, b) => a.atMs - b.atMs);
  const bySent = operations.filter(isInDoubt).sort((a, b) => a.sentAtMs - b.sentAtMs);
  let candidates: Operation[] = [];
  let next = 0;
  return timed.flatMap(({ number, requestId, atMs }) => {
    for (; (bySent[next]?.sentAtMs ?? Number.POSITIVE_INFINITY) <= atMs + ID_WITHIN_MS; next++) {
      candidates.push(bySent[next] as Operation);
    }
    candidates = candidates.filter(({ endedAtMs }) => endedAtMs + ID_WITHIN_MS >= atMs);
    if (candidates.length > 0) {
      // Take the visit that ended first: it is the least useful one for later rows.
      const taken = candidates.reduce((first, other) => (other.endedAtMs < first.endedAtMs ? other : first));
      candidates = candidates.filter((other) => other !== taken);
      return [];
    }
    const message = `visit ${number} was counted for ${requestId}, no client received its answer, and no visit that broke off then is left`;
    const underWay = operations.filter(({ sentAtMs, endedAtMs }) => sentAtMs <= atMs && atMs <= endedAtMs);
    return [{ check: 'unanswered', message, operations: underWay }];
  });
}
