import type { RunContext } from '../stack.ts';
import type { Container } from './engine.ts';

/** Finds containers that ended although nothing ended them. */
export interface DeathWatch {
  /** Looks at the containers of a machine. `wanted`: the replicas' containers that Swarm wants to run. */
  look(containers: readonly Container[], wanted: ReadonlySet<string>): void;
  /** Announces that a container is about to be ended. */
  expect(containerId: string): void;
  /** Everything that runs now is about to be lost. */
  expectAll(containers: readonly Container[]): void;
}

/** Services whose containers keep running. */
const LASTING = /^(origin|nginx|db-\d)$/;

export function createDeathWatch({ deaths, nowMs }: Pick<RunContext, 'deaths' | 'nowMs'>): DeathWatch {
  /** The containers that were seen running, without those that something has ended. */
  const running = new Set<string>();
  const expected = new Set<string>();

  return {
    look(containers, wanted) {
      for (const { id, service, isRunning, exitCode } of containers) {
        if (!LASTING.test(service)) continue;
        if (isRunning) {
          running.add(id);
          // Swarm has asked it to stop.
          if (service === 'origin' && !wanted.has(id)) expected.add(id);
        } else if (exitCode !== undefined && running.delete(id) && exitCode !== 0 && !expected.has(id)) {
          deaths.push({ name: service, atMs: nowMs(), how: `exited with code ${exitCode}` });
        }
      }
    },
    expect: (id) => void expected.add(id),
    expectAll(containers) {
      for (const { id } of containers) expected.add(id);
    },
  };
}
