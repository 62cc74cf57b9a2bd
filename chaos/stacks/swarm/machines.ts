import { run } from '../../../testkit/processes/command.ts';

/** Machines with a Docker engine each, numbered from 1, that can be broken. */
export interface Machines {
  /** Provides this many machines, with nothing on them, and waits for their engines. */
  up(count: number): Promise<void>;
  /** Copies images of this machine's engine to all machines. */
  load(images: readonly string[]): Promise<void>;
  /** Returns the `DOCKER_HOST` of a machine's engine. It must work while the machine is cut off, too. */
  host(machine: number): Promise<string>;
  /** Takes a machine's power: all its processes end at once, and its disk stays. */
  kill(machine: number): Promise<void>;
  /** Boots a machine, and waits for its engine. */
  start(machine: number): Promise<void>;
  /** Pulls a machine's network cable. */
  cut(machine: number): Promise<void>;
  /** Plugs it in again. */
  heal(machine: number): Promise<void>;
  /** Removes the machines and everything on them. */
  down(): Promise<void>;
}

/** How long each command may take. */
const MOST_MS = {
  up: 180_000,
  load: 300_000,
  host: 10_000,
  kill: 30_000,
  start: 120_000,
  cable: 20_000,
  down: 120_000,
};

/** Creates machines from a program whose first argument is the name of one of their functions (docs/testing.md). */
export function createMachines(program: string): Machines {
  const call = async (timeoutMs: number, ...args: (string | number)[]) => {
    return run(
      program,
      args.map((arg) => `${arg}`),
      { timeoutMs },
    );
  };
  return {
    up: async (count) => void (await call(MOST_MS.up, 'up', count)),
    load: async (images) => void (await call(MOST_MS.load, 'load', ...images)),
    host: (machine) => call(MOST_MS.host, 'host', machine),
    kill: async (machine) => void (await call(MOST_MS.kill, 'kill', machine)),
    start: async (machine) => void (await call(MOST_MS.start, 'start', machine)),
    cut: async (machine) => void (await call(MOST_MS.cable, 'cut', machine)),
    heal: async (machine) => void (await call(MOST_MS.cable, 'heal', machine)),
    down: async () => void (await call(MOST_MS.down, 'down')),
  };
}
