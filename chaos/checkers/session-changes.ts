import type { Checker, Operation, Violation } from '../history.ts';
import { judgeInOrder } from './judge-in-order.ts';
import { isAcknowledgedChange } from './kinds.ts';

/** Puts each session's list together from the latest entries that responses show, and looks for the acknowledged changes in it. */
export const sessionChangesCheck: Checker = {
  name: 'session-changes',
  promise: 'every acknowledged change of a session is in it once, in the order of the answers, and stays there',
  find({ operations }) {
    const lists = Map.groupBy(
      operations.filter(({ ledger }) => ledger !== undefined),
      ({ ledger }) => ledger?.list as string,
    );
    return [...lists].flatMap(([list, answered]) => {
      const { positions, violations } = putTogether(list, answered);
      return [...violations, ...absent(answered), ...disordered(answered, positions)];
    });
  },
};

function violation(message: string, ...operations: Operation[]): Violation {
  return { check: 'session-changes', message, operations };
}

/** Returns the position of each entry, and where two responses, or two positions, contradict each other. */
function putTogether(list: string, answered: readonly Operation[]) {
  const entries = new Map<number, { entry: string; shownBy: Operation }>();
  const positions = new Map<string, number>();
  const violations: Violation[] = [];
  for (const operation of answered) {
    const { count, latest } = operation.ledger as NonNullable<Operation['ledger']>;
    for (const [index, entry] of latest.entries()) {
      const position = count - latest.length + index + 1;
      const known = entries.get(position);
      if (known && known.entry !== entry) {
        const message = `change ${position} of the list ${list} was ${known.entry}, and then it was ${entry}`;
        violations.push(violation(message, known.shownBy, operation));
      } else if (!known) {
        entries.set(position, { entry, shownBy: operation });
        const before = positions.get(entry);
        const message = `${entry} is in the list ${list} twice, as change ${before} and ${position}`;
        if (before !== undefined) violations.push(violation(message, operation));
        else positions.set(entry, position);
      }
    }
  }
  return { positions, violations };
}

function absent(answered: readonly Operation[]): Violation[] {
  return answered
    .filter(isAcknowledgedChange)
    .filter(({ entry, ledger }) => !ledger.latest.includes(entry))
    .map((operation) => violation(`${operation.entry} was acknowledged, and the answer's list lacks it`, operation));
}

function disordered(answered: readonly Operation[], positions: ReadonlyMap<string, number>): Violation[] {
  // An entry without a position contradicts another one, which is reported already.
  const changes = answered.filter(isAcknowledgedChange).filter(({ entry }) => positions.has(entry));
  const positionOf = ({ entry }: { entry: string }) => positions.get(entry) as number;
  let last: (typeof changes)[number] | undefined;
  return judgeInOrder(changes, {
    learn(ended) {
      if (!last || positionOf(ended) > positionOf(last)) last = ended;
    },
    judge(operation) {
      if (!last || positionOf(operation) > positionOf(last)) return [];
      return [
        violation(`${operation.entry} comes before ${last.entry}, which was acknowledged first`, last, operation),
      ];
    },
  });
}
