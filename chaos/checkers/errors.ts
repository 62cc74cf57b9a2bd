import type { Checker, Evidence, Operation } from '../history.ts';
import { type Absences, createAbsences, isOfDrain } from '../outages.ts';

/** What a response with status 200 must contain. */
const TOLD = { visit: "visit's number", count: 'count', release: undefined };

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
  const { outcome, status, error, retryAfter, asked, number, count } = operation;
  if (outcome === 'aborted') return undefined;
  if (outcome === 'late') return 'there was no answer in time';
  if (outcome === 'failed') {
    return absences.ofFront(operation)
      ? undefined
      : `the connection failed (${error}) although the balancer was available`;
  }
  switch (status) {
    case 200:
      // A visit without a number would escape the other checkers.
      return TOLD[asked] === undefined || Number.isInteger(asked === 'visit' ? number : count)
        ? undefined
        : `a 200 lacks the ${TOLD[asked]}`;
    case 503:
      if (retryAfter === undefined) return 'a 503 lacks Retry-After';
      return absences.ofDatabase(operation) || absences.ofAllReplicas(operation)
        ? undefined
        : 'a 503 was answered although the database was available';
    case 502:
    case 504:
      // The lost replica may have received the POST, so it must not be sent to another one.
      if (asked === 'release' && faults.ofAnyReplica(operation)) return undefined;
      // A balancer that has just started does not know its replicas yet.
      return absences.ofAllReplicas(operation) || absences.ofFront(operation)
        ? undefined
        : `a ${status} was answered although a replica was available`;
    default:
      return `the answer's status is ${status}`;
  }
}
