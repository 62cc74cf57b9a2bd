import { waitAtMost } from '../../../app/lib/wait-at-most.ts';

export interface ContainerEnd {
  atMs: number;
  exitCode: number;
}

/** An expected end of a container. */
export interface AskedEnd {
  /** Resolves at the end; with undefined when `spare` was called before. */
  ended: Promise<ContainerEnd | undefined>;
  /** Withdraws the expectation: a later end of the container is unexpected. */
  spare(): void;
}

/**
 * Ends are reported within this time. A container that ended before `ask` has been reported already, so its end is not
 * reported again.
 */
const TOLD_WITHIN_MS = 5000;

/** Waits for the reports of these ends, but no longer than `TOLD_WITHIN_MS`. */
export async function untilTold(asked: readonly AskedEnd[]): Promise<(ContainerEnd | undefined)[]> {
  const ends = Promise.all(asked.map(({ ended }) => ended));
  await waitAtMost(ends, TOLD_WITHIN_MS);
  for (const { spare } of asked) spare();
  return ends;
}

/** Separates expected ends of containers from unexpected ones. */
export interface ContainerEnds {
  /** Announces that a container is about to be ended. */
  ask(containerId: string): AskedEnd;
  /** Processes an end: the container's id, its exit code and its name, separated by spaces. */
  take(line: string): void;
  /** No more ends will be reported: withdraws all expectations. */
  lose(): void;
}

/** Times are by the run's clock. `onUnasked` is called with each unexpected end. */
export function createContainerEnds(
  nowMs: () => number,
  onUnasked: (containerId: string, name: string, end: ContainerEnd) => void,
): ContainerEnds {
  const asked = new Map<string, (end?: ContainerEnd) => void>();
  let isLost = false;

  return {
    ask(containerId) {
      const { promise, resolve } = Promise.withResolvers<ContainerEnd | undefined>();
      const spare = () => {
        if (asked.get(containerId) === resolve) asked.delete(containerId);
        resolve(undefined);
      };
      if (isLost) spare();
      else asked.set(containerId, resolve);
      return { ended: promise, spare };
    },
    take(line) {
      const [containerId, exitCode, name] = line.split(' ') as [string, string, string];
      const end = { atMs: nowMs(), exitCode: Number(exitCode) };
      const resolve = asked.get(containerId);
      asked.delete(containerId);
      if (resolve) resolve(end);
      else onUnasked(containerId, name, end);
    },
    lose() {
      isLost = true;
      for (const resolve of asked.values()) resolve();
      asked.clear();
    },
  };
}
