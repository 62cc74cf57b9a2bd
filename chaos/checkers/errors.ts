import type { Checker, Evidence, Operation } from '../history.ts';
import { type Absences, createAbsences, isOfDrain } from '../outages.ts';
import { isPost } from './kinds.ts';

/** Returns what a response with status 200 lacks; undefined when it has everything. */
function missingIn({ asked, number, count, ledger }: Operation): string | undefined {
  // Otherwise the operation would escape the other checkers.
  if (asked === 'visit' && !Number.isInteger(number)) return "visit's number";
  if (asked === 'count' && !Number.isInteger(count)) return 'count';
  if ((asked === 'append' || asked === 'put') && ledger === undefined) return "session's list";
  return undefined;
}

/** Looks for failures that no fault explains. */
export const errorsCheck: Checker = {
  name: 'errors',
  promise: 'errors occur only while the schedule explains them, and a 200 has what was asked for',
  find({ operations, outages, drains, replicas }: Evidence) {
    const absences = createAbsences(
      outages,
      replicas.map(({ sid }) => sid),
    );
    const faults = createAbsences(
      outages.filter((outage) => !drains.some((drain) => !drain.isBehindGate && isOfDrain(outage, drain))),
      [],
    );
    return operations.flatMap((operation) => {
      const message = whatIsWrong(operation, absences, faults);
      return message === undefined ? [] : [{ check: 'errors', message, operations: [operation] }];
    });
  },
};

/** @param faults the absences, except of replicas that were asked to stop */
function whatIsWrong(operation: Operation, absences: Absences, faults: Absences): string | undefined {
  const { outcome, status, error, retryAfter } = operation;
  const missing = missingIn(operation);
  if (outcome === 'aborted') return undefined;
  if (outcome === 'late') return 'there was no answer in time';
  if (outcome === 'failed') {
    return absences.ofFront(operation)
      ? undefined
      : `the connection failed (${error}) although the balancer was available`;
  }
  switch (status) {
    case 200:
      return missing === undefined ? undefined : `a 200 lacks the ${missing}`;
    case 409:
      // The session's end was in doubt. The check `session-survival` decides about it.
      return operation.session === undefined ? 'a 409 was answered without a session' : undefined;
    case 503:
      if (retryAfter === undefined) return 'a 503 lacks Retry-After';
      // The balancer must not try another replica with a POST.
      if (isPost(operation) && faults.ofAnyReplica(operation)) return undefined;
      return absences.ofDatabase(operation) || absences.ofAllReplicas(operation) || absences.ofPeers(operation)
        ? undefined
        : 'a 503 was answered although the database was available';
    case 502:
    case 504:
      // The lost replica may have received the POST, so it must not be sent to another one.
      if (isPost(operation) && faults.ofAnyReplica(operation)) return undefined;
      // A balancer that has just started does not know its replicas yet.
      return absences.ofAllReplicas(operation) || absences.ofFront(operation) || absences.ofPeers(operation)
        ? undefined
        : `a ${status} was answered although a replica was available`;
    default:
      return `the answer's status is ${status}`;
  }
}
