import type { Checker, Operation, Violation } from '../history.ts';
import { judgeInOrder } from './judge-in-order.ts';

/** Returns what an operation reveals of the counter: its visit's number, or the count. */
function seenCounter({ outcome, number, count }: Operation): number | undefined {
  return outcome === 'answered' ? (number ?? count) : undefined;
}

/** Looks for outdated answers: less than what some client knew before the request was sent. */
export const orderCheck: Checker = {
  name: 'order',
  promise: 'a visit has a greater number than any known when it was sent, and the count never decreases',
  find({ operations, ledger }) {
    const told = operations.filter((operation) => seenCounter(operation) !== undefined);
    let greatest: Operation | undefined;
    return judgeInOrder(told, {
      learn(ended) {
        if (!greatest || (seenCounter(ended) as number) > (seenCounter(greatest) as number)) greatest = ended;
      },
      judge(operation) {
        const violations: Violation[] = [];
        const seen = seenCounter(operation) as number;
        const known = greatest ? (seenCounter(greatest) as number) : 0;
        if (operation.asked === 'visit' ? seen <= known : seen < known) {
          const message = `${operation.asked === 'visit' ? 'visit number' : 'count'} ${seen} came after ${known} was known`;
          violations.push({ check: 'order', message, operations: [greatest as Operation, operation] });
        }
        if (seen > ledger.counter) {
          const message = `${seen} was answered, and the counter ended at ${ledger.counter}`;
          violations.push({ check: 'order', message, operations: [operation] });
        }
        return violations;
      },
    });
  },
};
