import type { Checker, Evidence, Operation, RetryCut } from '../history.ts';
import { createAbsences } from '../outages.ts';
import { seconds } from '../seconds.ts';
import { isAcknowledged } from './kinds.ts';

/**
 * Longest time for which the counter may stay locked: a server ends the session of a silent client, and its transaction
 * with it.
 */
export const RESUMES_WITHIN_MS = 10_000;

/** Checks whether the others count on while a replica, or the edge, is cut off and has the counter locked. */
export const resumptionCheck: Checker = {
  name: 'resumption',
  promise: 'after a replica or the edge is cut off silently during a write, the others count again within ten seconds',
  find(evidence) {
    return evidence.retryCuts
      .filter((cut) => !isCountedAgain(cut, evidence))
      .map(({ name, atMs, untilMs }) => ({
        check: 'resumption',
        message: `${name} was cut off at ${seconds(atMs)}, and no visit was acknowledged from ten seconds later until ${seconds(untilMs)}`,
        operations: evidence.operations.filter(({ asked, sentAtMs }) => asked === 'visit' && sentAtMs > atMs),
      }));
  },
};

function isCountedAgain({ atMs, untilMs }: RetryCut, { operations, outages, replicas }: Evidence): boolean {
  const window = { sentAtMs: atMs + RESUMES_WITHIN_MS, endedAtMs: untilMs };
  // The outage that belongs to this fault is over by then. An outage of another fault excuses everything.
  const later = outages.filter(({ fromMs }) => fromMs > atMs);
  const absences = createAbsences(
    later,
    replicas.map(({ sid }) => sid),
  );
  if (absences.ofAllReplicas(window)) return true;
  const isInWindow = ({ endedAtMs }: Operation) => window.sentAtMs <= endedAtMs && endedAtMs <= window.endedAtMs;
  return operations.some((operation) => isInWindow(operation) && isAcknowledged(operation));
}
