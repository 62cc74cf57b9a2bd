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
  const sids = replicas.map(({ sid }) => sid);
  // The outage that belongs to this fault is over by then. An outage of another fault excuses everything.
  const later = outages.filter(({ fromMs }) => fromMs > atMs);
  if (createAbsences(later, sids).ofAllReplicas(window)) return true;
  const visits = operations.filter(({ asked, endedAtMs }) => asked === 'visit' && window.sentAtMs <= endedAtMs);
  if (visits.some((visit) => visit.endedAtMs <= untilMs && isAcknowledged(visit))) return true;
  // All clients may wait at the replica that is cut off, because every other one was down when they came.
  const absences = createAbsences(outages, sids);
  const isBound = ({ sentAtMs, endedAtMs }: Operation) =>
    endedAtMs > untilMs && sids.every((sid) => absences.ofReplicaAlone(sid, { sentAtMs, endedAtMs: untilMs }));
  const asked = visits.filter(({ sentAtMs }) => sentAtMs <= untilMs);
  return asked.length > 0 && asked.every(isBound);
}
