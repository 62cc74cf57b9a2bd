/** The end of a container. */
export interface ContainerEnd {
  atMs: number;
  exitCode: number;
}

/** An end that was asked for. */
export interface AskedEnd {
  /** Undefined when it was taken back. */
  ended: Promise<ContainerEnd | undefined>;
  /** Takes it back: when the container ends from now on, it does so by itself. */
  spare(): void;
}

/** What is over is told within a moment, unless it was so before it was asked for: that end was told already. */
const TOLD_WITHIN_MS = 5000;

/** Waits for the ends of what has ended, as far as they are told. */
export async function untilTold(asked: readonly AskedEnd[]): Promise<(ContainerEnd | undefined)[]> {
  const timer = setTimeout(() => {
    for (const { spare } of asked) spare();
  }, TOLD_WITHIN_MS);
  return Promise.all(asked.map(({ ended }) => ended)).finally(() => clearTimeout(timer));
}

/** Tells the ends that were asked for from those that were not. */
export interface ContainerEnds {
  /** Notes that a container is about to be ended. */
  ask(containerId: string): AskedEnd;
  /** Takes an end: a container's id, its exit code and its name, with spaces between them. */
  take(line: string): void;
  /** No end is told from now on: all that is asked for is taken back. */
  lose(): void;
}

/** Builds the notes, by the clock of the run. */
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
