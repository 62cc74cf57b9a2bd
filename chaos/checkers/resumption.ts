import type { Checker, Evidence, Operation, RetryCut } from '../history.ts';
import { createAbsences } from '../outages.ts';
import { seconds } from '../seconds.ts';
import { isAcknowledged } from './kinds.ts';

/** So long the counter may stay locked: a server ends the session of a client that is silent, and its transaction with it. */
export const RESUMES_WITHIN_MS = 10_000;

/** Looks whether the others count on while a replica, or the edge, is cut off with the counter locked. */
export const resumptionCheck: Checker = {
  name: 'resumption',
  promise: 'when a replica or the edge is cut off silently while it writes, the others count again within ten seconds',
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
  // The fault's own outage of the database is over by then; another one's excuses all.
  const later = outages.filter(({ fromMs }) => fromMs > atMs);
  const absences = createAbsences(
    later,
    replicas.map(({ sid }) => sid),
  );
  if (absences.ofAllReplicas(window)) return true;
  const isInWindow = ({ endedAtMs }: Operation) => window.sentAtMs <= endedAtMs && endedAtMs <= window.endedAtMs;
  return operations.some((operation) => isInWindow(operation) && isAcknowledged(operation));
}
