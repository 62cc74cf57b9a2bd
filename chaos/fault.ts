/** A kind of fault. Each fault ends by itself. */
export interface FaultTraits {
  /** Faults of the same lane follow one another; faults of different lanes overlap. */
  lane: 'replicas' | 'surroundings';
  shortestMs: number;
  longestMs: number;
  about: string;
  /**
   * Whether no other fault may run at the same time. Otherwise Compose would seem to have changed a container that
   * another fault ended.
   */
  isAlone?: boolean;
}

export const FAULTS = {
  'kill-replica': { lane: 'replicas', shortestMs: 500, longestMs: 5000, about: 'kill -9 of a replica' },
  'kill-all-replicas': { lane: 'replicas', shortestMs: 200, longestMs: 1500, about: 'kill -9 of all replicas at once' },
  'pause-replica': { lane: 'replicas', shortestMs: 1000, longestMs: 17_000, about: 'SIGSTOP and SIGCONT of a replica' },
  'restart-replica': {
    lane: 'replicas',
    shortestMs: 200,
    longestMs: 2000,
    about: 'graceful restart of a replica with visits in flight',
  },
  scale: { lane: 'replicas', shortestMs: 500, longestMs: 500, about: 'more replicas, or fewer' },
  'step-clock': {
    lane: 'replicas',
    shortestMs: 2000,
    longestMs: 8000,
    about: "step of a replica's clock, up to an hour, and back",
  },
  'step-all-clocks': {
    lane: 'replicas',
    shortestMs: 8000,
    longestMs: 10_000,
    about: "step of all clocks except MySQL's, ahead by more than the retention, and behind",
  },
  'update-and-up': {
    lane: 'replicas',
    shortestMs: 500,
    longestMs: 500,
    about: 'scale or update, then docker compose up again',
    isAlone: true,
  },
  'restart-database': { lane: 'surroundings', shortestMs: 500, longestMs: 2000, about: 'graceful restart of MySQL' },
  'cut-in-retry': {
    lane: 'surroundings',
    shortestMs: 13_000,
    longestMs: 16_000,
    about: 'a replica or the edge is cut off silently from MySQL while it writes a retry',
  },
  'kill-database': { lane: 'surroundings', shortestMs: 500, longestMs: 4000, about: 'kill -9 of MySQL' },
  'hang-database': { lane: 'surroundings', shortestMs: 1000, longestMs: 12_000, about: 'MySQL hangs' },
  'cut-database': {
    lane: 'surroundings',
    shortestMs: 500,
    longestMs: 4000,
    about: 'connections between a replica and MySQL slow down and are cut',
  },
  'slow-database': {
    lane: 'surroundings',
    shortestMs: 2000,
    longestMs: 5000,
    about: 'delay between a replica and MySQL',
  },
  'cut-replica': {
    lane: 'surroundings',
    shortestMs: 500,
    longestMs: 4000,
    about: 'connections between balancer and a replica slow down and are cut',
  },
  'slow-replica': {
    lane: 'surroundings',
    shortestMs: 2000,
    longestMs: 5000,
    about: 'delay between balancer and a replica',
  },
  'reload-front': { lane: 'surroundings', shortestMs: 500, longestMs: 1000, about: 'reload of the balancer' },
  'restart-front': {
    lane: 'surroundings',
    shortestMs: 100,
    longestMs: 1000,
    about: 'kill -9 and start of the balancer',
  },
  'kill-primary': {
    lane: 'surroundings',
    shortestMs: 500,
    longestMs: 500,
    about: "kill -9 of the primary of the database's group",
  },
  'power-off-machine': {
    lane: 'surroundings',
    shortestMs: 5000,
    longestMs: 30_000,
    about: 'a machine loses its power, and boots again',
  },
  'cut-machine': {
    lane: 'surroundings',
    shortestMs: 3000,
    longestMs: 30_000,
    about: 'a machine loses its network, and gets it back',
  },
  'empty-machine': {
    lane: 'surroundings',
    shortestMs: 2000,
    longestMs: 10_000,
    about: "a machine loses its power, and boots without its database's data",
  },
  'lose-majority': {
    lane: 'surroundings',
    shortestMs: 3000,
    longestMs: 20_000,
    about: 'two of three machines lose their network, and get it back',
  },
} as const satisfies Record<string, FaultTraits>;

export type FaultKind = keyof typeof FAULTS;

export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

export interface PlannedFault {
  kind: FaultKind;
  /**
   * Planned start in milliseconds since the start of the run. It is delayed when earlier faults of its lane take
   * longer.
   */
  atMs: number;
  lengthMs: number;
  /** Selects a target among those available at that time: a replica, a number of replicas, a front, a step. */
  choice: number;
}

export interface FaultRecord {
  kind: FaultKind;
  /** The target and what was done to it. */
  detail: string;
  fromMs: number;
  /** When the fault was over: its target was available again. */
  untilMs: number;
}
