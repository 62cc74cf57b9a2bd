import type { FaultKind } from './fault.ts';

/** A text of the sources, and what stands there instead. */
export interface Edit {
  file: string;
  text: string;
  replacement: string;
}

/** A bug that is made on purpose, to see that it is found. */
export interface Plant {
  about: string;
  edits: Edit[];
  /** A statement for the database before the run. */
  statement?: string;
  /** The checks that may find it, of which one has to. */
  foundBy: string[];
  /** The faults that it takes to show. */
  faults: FaultKind[];
}

export const PLANTS = {
  'no-transaction': {
    about: 'counter and row are written without a transaction around them',
    edits: [
      {
        file: 'origin/mysql-store.ts',
        text: 'db.transaction(async (tx) => {',
        replacement: '((work: (tx: Transaction) => Promise<number[]>) => work(db as never))(async (tx) => {',
      },
    ],
    foundBy: ['gapless'],
    faults: ['kill-replica', 'cut-database', 'kill-all-replicas'],
  },
  'no-unique-key': {
    about: 'request ids are not unique in the access log',
    edits: [],
    statement: 'alter table access_log drop index access_log_request_id',
    foundBy: ['once'],
    faults: ['kill-replica', 'cut-replica', 'cut-database'],
  },
  'no-stickiness': {
    about: 'the balancer does not look at the cookie',
    edits: [
      {
        file: 'worker/balancer.ts',
        text: "upstream.startWalk(readAffinityCookie(c.req.header('Cookie')))",
        replacement: 'upstream.startWalk(undefined)',
      },
      {
        file: 'nginx/templates/mooring.conf.template',
        text: 'include /etc/nginx/mooring/sticky.conf;',
        replacement: '',
      },
    ],
    foundBy: ['stickiness'],
    faults: ['kill-replica'],
  },
  'no-drain': {
    about: 'a replica that is asked to stop does so at once',
    edits: [
      {
        file: 'origin/node/main.ts',
        text: "log.info({ reason }, 'draining');",
        replacement: 'process.exit(0);',
      },
    ],
    foundBy: ['drain'],
    faults: ['restart-replica', 'scale'],
  },
} as const satisfies Record<string, Plant>;

export type PlantName = keyof typeof PLANTS;

export const PLANT_NAMES = Object.keys(PLANTS) as PlantName[];
