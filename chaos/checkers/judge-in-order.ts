import type { Operation, Violation } from '../history.ts';

export interface Judge<T> {
  /** Called with each operation that has ended before the one that `judge` is called with next. */
  learn: (ended: T) => void;
  judge: (sent: T) => Violation[];
}

/**
 * Judges operations in the order in which they were sent. Before each one, `learn` has received all that had ended by then, and
 * nothing else: what a client could know when it sent the request.
 */
export function judgeInOrder<T extends Operation>(operations: readonly T[], { learn, judge }: Judge<T>): Violation[] {
  const bySent = operations.toSorted((a, b) => a.sentAtMs - b.sentAtMs);
  const byEnded = operations.toSorted((a, b) => a.endedAtMs - b.endedAtMs);
  let next = 0;
  return bySent.flatMap((operation) => {
    for (let ended = byEnded[next]; ended && ended.endedAtMs < operation.sentAtMs; ended = byEnded[++next])
      learn(ended);
    return judge(operation);
  });
}
