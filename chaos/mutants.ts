import type { FaultKind } from './fault.ts';

/** A bug that is made on purpose, to see whether the checkers find it. */
export interface Mutant {
  about: string;
  /** SQL statement that makes the bug, executed before the run. Without one `chaos/mutants/NAME.patch` makes it. */
  statement?: string;
  /** The checkers that must all find it. */
  foundBy: string[];
  /** The faults that make the bug show. */
  faults: FaultKind[];
  /** Set when the bug shows only in containers. It is skipped without a Docker engine. */
  needsCompose?: true;
  /** Minutes of faults, if fewer than usual. */
  minutes?: number;
}

export const MUTANTS = {
  'no-transaction': {
    about: 'counter and row are written without a transaction',
    foundBy: ['gapless'],
    faults: ['kill-database'],
  },
  'wrong-counter': {
    about: 'the counter increases by one too many',
    foundBy: ['gapless'],
    faults: [],
  },
  'early-answer': {
    about: 'a visit is answered shortly before its commit',
    foundBy: ['acknowledged'],
    faults: ['kill-replica', 'kill-database'],
  },
  'no-unique-key': {
    about: 'request ids are not unique in the access log',
    statement: 'alter table access_log drop index access_log_request_id',
    foundBy: ['once'],
    faults: ['kill-replica', 'cut-replica'],
  },
  'new-id-per-try': {
    about: 'the edge gives each try of a request another id',
    foundBy: ['unanswered'],
    faults: ['kill-replica', 'cut-replica'],
  },
  'no-stickiness': {
    about: 'the balancer does not look at the cookie',
    foundBy: ['stickiness'],
    faults: ['kill-replica'],
  },
  'post-twice': {
    about: 'the balancer sends a POST to another replica that the first may have received',
    foundBy: ['deliveries'],
    faults: ['cut-replica'],
  },
  'replica-clock': {
    about: "old visits are removed by the replica's clock, and as soon as they look old",
    foundBy: ['gapless'],
    faults: ['step-all-clocks'],
  },
  'lock-left': {
    about: 'a commit is sent statement by statement, and the server waits an hour for the next one',
    foundBy: ['resumption'],
    faults: ['cut-in-retry'],
  },
  'lost-cookie': {
    about: 'a replica without its database does not let clients of another one keep their cookie',
    foundBy: ['moorings'],
    faults: ['restart-database'],
  },
  'old-copy': {
    about: "a replica reads its own copy of a session although the client's cookie has a newer version",
    foundBy: ['session-freshness'],
    faults: [],
    minutes: 0.2,
  },
  'kept-copy': {
    about: 'a replica reads the copy of a session that it kept when the client moved to another one',
    foundBy: ['session-freshness'],
    faults: ['kill-replica'],
  },
  'no-compare': {
    about: 'a change of a session is written whatever version it was made from',
    foundBy: ['session-changes'],
    faults: [],
    minutes: 0.2,
  },
  'change-twice': {
    about: 'a retry of a request repeats its change of a session',
    foundBy: ['session-changes'],
    faults: ['cut-replica', 'kill-replica'],
  },
  undead: {
    about: 'replicas ignore that a session ended on another one',
    foundBy: ['session-ends'],
    faults: [],
    minutes: 0.2,
  },
  'shared-copy': {
    about: 'a replica confuses its copies of sessions',
    foundBy: ['session-isolation'],
    faults: [],
    minutes: 0.2,
  },
  'early-expiry': {
    about: 'a session expires a tenth of a second after its last change',
    foundBy: ['session-survival'],
    faults: [],
    minutes: 0.2,
  },
  'forgotten-scale': {
    about: 'docker compose up does not know the number of replicas that ./scale.sh set',
    foundBy: ['unchanged'],
    faults: ['update-and-up'],
    needsCompose: true,
    minutes: 0.12,
  },
  'no-drain': {
    about: 'a replica that is asked to stop exits at once',
    foundBy: ['drain'],
    faults: ['restart-replica'],
  },
  death: {
    about: 'a replica exits by itself after a while',
    foundBy: ['deaths'],
    faults: [],
  },
} as const satisfies Record<string, Mutant>;

export type MutantName = keyof typeof MUTANTS;

export const MUTANT_NAMES = Object.keys(MUTANTS) as MutantName[];

/** Returns the patch that makes the bug, as a path in the project; undefined when a statement makes it. */
export function patchOf(name: MutantName): string | undefined {
  const { statement }: Mutant = MUTANTS[name];
  return statement === undefined ? `chaos/mutants/${name}.patch` : undefined;
}
