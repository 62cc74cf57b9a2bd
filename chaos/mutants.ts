import type { FaultKind } from './fault.ts';

/** A text in the sources and its replacement. */
export interface Edit {
  file: string;
  text: string;
  replacement: string;
}

/** A bug that is made on purpose, to see whether the checkers find it. */
export interface Mutant {
  about: string;
  edits: Edit[];
  /** SQL statement that is executed before the run. */
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
    about: 'counter and row are written without a transaction around them',
    edits: [
      {
        file: 'app/storage/mysql/append-visits.ts',
        text: 'sql`start transaction`,\n    LOCK_COUNTER,\n    sql`insert ignore',
        replacement: 'sql`do 0`,\n    LOCK_COUNTER,\n    sql`insert ignore',
      },
      {
        file: 'app/storage/mysql/append-visits.ts',
        text: "'commit', 'rollback')`,",
        replacement: "'commit', 'rollback')`,\n    sql`do sleep(0.02)`,",
      },
    ],
    foundBy: ['gapless'],
    faults: ['kill-database'],
  },
  'wrong-counter': {
    about: 'the counter moves by one too many',
    edits: [
      {
        file: 'app/storage/mysql/append-visits.ts',
        text: "'commit', @counter + ",
        replacement: "'commit', 1 + @counter + ",
      },
    ],
    foundBy: ['gapless'],
    faults: [],
  },
  'early-answer': {
    about: 'a visit is answered shortly before its commit',
    edits: [
      {
        file: 'app/storage/mysql/append-visits.ts',
        text: '    sql`prepare finish from @end`,\n    sql`execute finish`,\n',
        replacement: '',
      },
      {
        file: 'app/storage/mysql/append-visits.ts',
        text: 'statements.length - 3',
        replacement: 'statements.length - 1',
      },
      {
        // Keep the connection until then: its next user would commit this transaction by starting another one.
        file: 'app/storage/mysql/connection.ts',
        text: 'connection.release();\n    return result;',
        replacement: `const end = () => connection.release();
    setTimeout(() => connection.query('commit').then(end, end), 30);
    return result;`,
      },
    ],
    foundBy: ['acknowledged'],
    faults: ['kill-replica', 'kill-database'],
  },
  'no-unique-key': {
    about: 'request ids are not unique in the access log',
    edits: [],
    statement: 'alter table access_log drop index access_log_request_id',
    foundBy: ['once'],
    faults: ['kill-replica', 'cut-replica'],
  },
  'new-id-per-try': {
    about: 'the edge gives each try of a request another id',
    edits: [
      {
        file: 'worker/balancer/balancer.ts',
        text: 'lastPeer = peer;',
        replacement: "lastPeer = peer;\n      headers.set('X-Request-ID', crypto.randomUUID());",
      },
    ],
    foundBy: ['unanswered'],
    faults: ['kill-replica', 'cut-replica'],
  },
  'no-stickiness': {
    about: 'the balancer does not look at the cookie',
    edits: [
      {
        file: 'worker/balancer/balancer.ts',
        text: "upstream.select(readAffinityCookie(c.req.header('Cookie')))",
        replacement: 'upstream.select(undefined)',
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
  'post-twice': {
    about: 'the balancer sends a POST to another replica that the first may have received',
    edits: [
      {
        file: 'worker/balancer/retry.ts',
        text: "new Set(['POST', 'PATCH', 'LOCK'])",
        replacement: "new Set(['PATCH', 'LOCK'])",
      },
      {
        file: 'nginx/templates/mooring.conf.template',
        text: 'proxy_next_upstream error timeout http_503;',
        replacement: 'proxy_next_upstream error timeout http_503 non_idempotent;',
      },
    ],
    foundBy: ['deliveries'],
    faults: ['cut-replica'],
  },
  'replica-clock': {
    about: 'old visits are removed by the clock of the replica, and as soon as they look old',
    edits: [
      {
        file: 'app/visits/retention.ts',
        text: 'const RETRY_WINDOW_MS = 600_000;',
        replacement: 'const RETRY_WINDOW_MS = 0;',
      },
      {
        file: 'app/storage/mysql/visit-store.ts',
        text: `\${MYSQL_NOW} - interval \${ageMs / 1000} second`,
        replacement: `\${new Date(Date.now() - ageMs).toISOString().slice(0, 23).replace('T', ' ')}`,
      },
    ],
    foundBy: ['gapless'],
    faults: ['step-all-clocks'],
  },
  'lock-left': {
    about: 'a commit is sent statement by statement, and the server waits an hour for the next one',
    edits: [
      {
        file: 'app/storage/mysql/visit-store.ts',
        text: 'appendVisits(db, { visits, onCommit, onRollback, takesSeveralStatements })',
        replacement: 'appendVisits(db, { visits, onCommit, onRollback, takesSeveralStatements: false })',
      },
      {
        file: 'app/storage/mysql/requirements.ts',
        text: 'const WAIT_TIMEOUT_SECONDS = 5;',
        replacement: 'const WAIT_TIMEOUT_SECONDS = 3600;',
      },
      {
        file: 'app/storage/mysql/requirements.ts',
        text: 'idle_transaction_timeout = 2',
        replacement: 'idle_transaction_timeout = 3600',
      },
    ],
    foundBy: ['resumption'],
    faults: ['cut-in-retry'],
  },
  'lost-cookie': {
    about: 'a replica without its database does not let clients of another one keep their cookie',
    edits: [
      {
        file: 'app/http/keep-affinity.ts',
        text: 'if (sid === undefined ||',
        replacement: 'if (sid !== undefined ||',
      },
    ],
    foundBy: ['moorings'],
    faults: ['restart-database'],
  },
  'forgotten-scale': {
    about: 'docker compose up does not know how many replicas ./scale.sh has made',
    edits: [
      {
        file: 'deploy/stack.sh',
        text: 'store_count() {\n',
        replacement: 'store_count() {\n    return 0\n',
      },
    ],
    foundBy: ['unchanged'],
    faults: ['update-and-up'],
    needsCompose: true,
    minutes: 0.12,
  },
  'no-drain': {
    about: 'a replica that is asked to stop does so at once',
    edits: [
      {
        file: 'origin/main.ts',
        text: "log.info({ reason }, 'draining');",
        replacement: 'process.exit(0);',
      },
    ],
    foundBy: ['drain'],
    faults: ['restart-replica'],
  },
  death: {
    about: 'a replica ends by itself after a while',
    edits: [
      {
        file: 'origin/main.ts',
        text: 'await host.listen();',
        replacement: 'await host.listen();\n  setTimeout(() => process.exit(1), 15_000);',
      },
    ],
    foundBy: ['deaths'],
    faults: [],
  },
} as const satisfies Record<string, Mutant>;

export type MutantName = keyof typeof MUTANTS;

export const MUTANT_NAMES = Object.keys(MUTANTS) as MutantName[];
