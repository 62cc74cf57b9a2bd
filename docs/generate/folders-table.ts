import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { markdownTable } from '../../testkit/prose/markdown-table.ts';
import { allows, readImportRules, ruleOf } from './import-rules.ts';

/** A row of the table: folders with the same import rule, and their contents as Markdown. */
interface Row {
  folders: string[];
  about: string;
}

const ROWS: readonly Row[] = [
  {
    folders: ['app'],
    about:
      'The shared handler codebase, on web standards only: `createApp()`. It has its own `tsconfig` without Node and Workers types.',
  },
  { folders: ['app/lib'], about: 'Small helpers that know nothing about Mooring.' },
  { folders: ['app/affinity'], about: 'The cookie contract: server id, cookie, verdict.' },
  {
    folders: ['app/visits'],
    about: 'What a visit is, and how it is counted once. It knows the store as an interface.',
  },
  {
    folders: ['app/sessions'],
    about: 'State of one client that survives its replica. It knows the store as an interface.',
  },
  {
    folders: ['app/tables'],
    about: "What an app's own tables are, once for all databases, and how they are queried.",
  },
  {
    folders: ['app/replicas'],
    about: 'What replicas report, and the state of the cluster: registry, stats, heartbeat, snapshot.',
  },
  { folders: ['app/storage'], about: 'The only place with SQL.' },
  { folders: ['app/storage/mysql', 'app/storage/sqlite'], about: 'The stores of each database.' },
  { folders: ['app/browser'], about: 'Scripts and styles of the pages.' },
  { folders: ['app/pages'], about: 'HTML pages. They show what they receive.' },
  {
    folders: ['app/client', 'app/http', 'app/dashboard'],
    about: "Client identity, responses and errors, the dashboard's data and access.",
  },
  { folders: ['app/routes'], about: 'The routes.' },
  { folders: ['examples'], about: 'Apps to run with `APP_FOLDER` in place of the one that ships.' },
  {
    folders: ['origin'],
    about:
      'The Node program that runs the app as a replica: configuration, database, log, metrics, listening, draining.',
  },
  {
    folders: ['dashboard'],
    about:
      "The dashboard as a Node program of its own, from what the balancers log. It uses the origin's HTTP server and knows no database.",
  },
  {
    folders: ['worker'],
    about:
      'The Workers program: `worker/balancer/` forwards requests, `worker/upstream/` selects the peer. Without peers it runs the app itself.',
  },
  { folders: ['worker/host'], about: 'Bundles the worker and runs it on workerd.' },
  {
    folders: ['cli'],
    about: 'Start and end of every Node program: flags, settings, errors for users, signals.',
  },
  {
    folders: ['local'],
    about:
      '`npm start`: supervises replicas and edge as processes of this machine. It knows them by their entry files and settings.',
  },
  { folders: ['drizzle'], about: 'Schemas and generated migrations for MySQL and SQLite.' },
  {
    folders: ['nginx', 'db', 'monitoring', 'deploy'],
    about: 'Files for other programs in the stack of `docker-compose.yml`.',
  },
  { folders: ['testkit'], about: 'Helpers that run and break Mooring, for tests, chaos, fuzz and bench.' },
  { folders: ['tests'], about: 'Tests across processes, in a folder for each part. Unit tests are beside the code.' },
  {
    folders: ['chaos', 'fuzz', 'bench'],
    about:
      'Faults and checkers, hostile input, measurements: [testing.md](testing.md), [benchmarks.md](benchmarks.md).',
  },
  {
    folders: ['docs'],
    about: 'One page per question. `docs/generate/` writes the reference tables.',
  },
];

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Returns a Markdown table of the folders: what each contains, and which others `biome.json` lets it import.
 *
 * @throws {Error} when a file has no row or no rule, or the folders of a row have different rules
 */
export function foldersTable(): string {
  const rules = readImportRules();
  const code = ROWS.flatMap(({ folders }) => folders).filter((folder) => ruleOf(`${folder}/x.ts`, rules));
  // A folder with a routes.ts is an app, which may import anything.
  const apps = globSync('*/routes.ts', { cwd: PROJECT })
    .map(dirname)
    .filter((folder) => folder !== 'app');
  const exclude = ['node_modules', '**/*.test.ts', ...apps];
  for (const file of globSync('*/**/*.ts', { cwd: PROJECT, exclude })) {
    if (!code.some((folder) => isWithin(file, folder))) throw new Error(`folders-table.ts: no row for ${file}`);
    if (!ruleOf(file, rules)) throw new Error(`biome.json: no import rule for ${file}`);
  }

  function mayImport(folder: string, others: readonly string[]): string {
    const file = `${folder}/x.ts`;
    const rule = ruleOf(file, rules);
    if (!rule) return '';
    const allowed = others.filter((other) => allows(rule, file, `${other}/x.ts`));
    const siblings = isWithin(folder, 'app') ? others.filter((other) => dirname(other) === 'app') : [];
    const denied = siblings.filter((sibling) => !allowed.includes(sibling));
    if (denied.length > 0 && denied.length < siblings.length / 2) return `\`app/*\` except ${list(denied)}`;
    return list(allowed.filter((other) => !allowed.includes(dirname(other)))) || 'nothing of ours';
  }

  const rows = ROWS.map(({ folders, about }) => {
    const [imports = '', ...different] = new Set(
      folders.map((folder) => {
        // Nothing in `app/` imports what puts the app together.
        const others = code.filter(
          (other) => !folders.includes(other) && !(other === 'app' && isWithin(folder, 'app')),
        );
        return mayImport(folder, others);
      }),
    );
    if (different.length > 0) throw new Error(`biome.json: different import rules for ${folders.join(', ')}`);
    return [list(folders.map((folder) => `${folder}/`)), about, imports];
  });
  return markdownTable(['Folder', 'Contents', 'May import'], rows);
}

function isWithin(path: string, folder: string): boolean {
  return `${path}/`.startsWith(`${folder}/`);
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
