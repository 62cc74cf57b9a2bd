import type { Checker, Operation, Violation } from '../history.ts';
import { judgeInOrder } from './judge-in-order.ts';

type Shown = Operation & { ledger: NonNullable<Operation['ledger']> };

/** Compares what each client reads with what it has read before. */
export const sessionFreshnessCheck: Checker = {
  name: 'session-freshness',
  promise: 'no client reads an older state of its session than it has seen',
  find({ operations }) {
    const clients = Map.groupBy(operations.filter(isShown), ({ client, ledger }) => `${client} ${ledger.list}`);
    return [...clients.values()].flatMap(findOlder);
  },
};

function isShown(operation: Operation): operation is Shown {
  return operation.asked !== 'probe' && operation.ledger !== undefined;
}

function findOlder(shown: readonly Shown[]): Violation[] {
  const bySent = shown.toSorted((a, b) => a.sentAtMs - b.sentAtMs);
  const overlapping = findOverlapping(bySent);
  let newest: Shown | undefined;
  return judgeInOrder(shown, {
    learn(ended) {
      // Of two responses at the same time the later one may be the older state, and the client continues with it (S4).
      if (!newest || overlapping.has(ended) || ended.ledger.count > newest.ledger.count) newest = ended;
    },
    judge(operation) {
      if (!newest || operation.ledger.count >= newest.ledger.count) return [];
      const message = `the list ${operation.ledger.list} had ${newest.ledger.count} changes, and then ${operation.ledger.count}`;
      return [{ check: 'session-freshness', message, operations: [newest, operation] }];
    },
  });
}

/** Returns the operations that were in flight at the same time as another one. */
function findOverlapping(bySent: readonly Shown[]): Set<Shown> {
  const overlapping = new Set<Shown>();
  let latest: Shown | undefined;
  for (const operation of bySent) {
    if (latest && latest.endedAtMs >= operation.sentAtMs) overlapping.add(latest).add(operation);
    if (!latest || operation.endedAtMs > latest.endedAtMs) latest = operation;
  }
  return overlapping;
}
