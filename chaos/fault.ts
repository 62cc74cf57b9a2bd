/** A kind of fault: who suffers it, how long it lasts, and what it is in words. Each fault ends by itself. */
export interface FaultTraits {
  /** Faults of one lane come one after another; those of two overlap. */
  lane: 'replicas' | 'surroundings';
  shortestMs: number;
  longestMs: number;
  about: string;
  /** Nothing else happens meanwhile: what Compose does about a container that another fault ended is not its own doing. */
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
    about: 'step of all clocks but that of MySQL, ahead by more than the retention, and behind',
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
} as const satisfies Record<string, FaultTraits>;

export type FaultKind = keyof typeof FAULTS;

export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

/** A fault that is to come. */
export interface PlannedFault {
  kind: FaultKind;
  /** From the begin of the run, in milliseconds; later by what those before it in its lane take longer. */
  atMs: number;
  lengthMs: number;
  /** Chooses among what there is to choose from at that moment: a replica, a number of replicas, a front, a step. */
  choice: number;
}

/** A fault as it came. */
export interface FaultRecord {
  kind: FaultKind;
  /** Whom it hit, and what was done. */
  detail: string;
  fromMs: number;
  /** When it was over: what it took away was back. */
  untilMs: number;
}
