import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allows, readImportRules, ruleOf } from '../../docs/generate/import-rules.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const BIOME = join(PROJECT, 'node_modules/.bin/biome');

/** A file, an import of it, and whether its folder may import that. */
const IMPORTS = [
  ['app/lib/a.ts', '../../package.json', true],
  ['app/lib/b.ts', '../visits/visit.ts', false],
  ['app/affinity/a.ts', '../lib/log.ts', true],
  ['app/affinity/b.ts', '../visits/visit.ts', false],
  ['app/visits/b.ts', '../storage/failure.ts', false],
  ['app/replicas/a.ts', '../affinity/verdict.ts', true],
  ['app/replicas/b.ts', '../dashboard/feed.ts', false],
  ['app/storage/a.ts', '../visits/errors.ts', true],
  ['app/storage/b.ts', '../http/respond.ts', false],
  ['app/storage/mysql/a.ts', '../../../drizzle/mysql-schema.ts', true],
  ['app/storage/mysql/b.ts', '../../http/respond.ts', false],
  ['app/pages/a.ts', '../replicas/snapshot.ts', true],
  ['app/pages/b.ts', '../http/respond.ts', false],
  ['app/client/b.ts', '../routes/assets.ts', false],
  ['app/http/b.ts', '../dashboard/feed.ts', false],
  ['app/dashboard/b.ts', '../storage/failure.ts', false],
  ['app/routes/a.ts', '../dashboard/feed.ts', true],
  ['app/routes/b.ts', '../storage/mysql/visit-store.ts', false],
  ['app/a.ts', './routes/assets.ts', true],
  ['app/b.ts', './storage/mysql/visit-store.ts', false],
  ['cli/a.ts', '../app/lib/settings.ts', true],
  ['cli/b.ts', '../origin/config.ts', false],
  ['origin/log/a.ts', '../../cli/stop-signals.ts', true],
  ['origin/log/b.ts', '../../worker/config.ts', false],
  ['dashboard/a.ts', '../origin/http-server.ts', true],
  ['dashboard/b.ts', '../origin/database/open.ts', false],
  ['dashboard/c.ts', '../worker/config.ts', false],
  ['origin/d.ts', '../dashboard/app.ts', false],
  ['origin/e.ts', '../app/dashboard/feed.ts', true],
  ['worker/balancer/a.ts', '../../app/lib/log.ts', true],
  ['worker/balancer/b.ts', '../host/edge.ts', false],
  ['worker/b.ts', '../origin/config.ts', false],
  ['worker/c.ts', '../drizzle/mysql-schema.ts', false],
  ['worker/host/a.ts', '../config.ts', true],
  ['worker/host/b.ts', '../../local/cluster.ts', false],
  ['local/a.ts', '../worker/host/edge.ts', true],
  ['local/b.ts', '../worker/edge.ts', false],
  ['local/c.ts', '../drizzle/mysql-schema.ts', false],
  ['app/browser/b.ts', '../lib/log.ts', false],
  ['drizzle/b.ts', '../app/lib/log.ts', false],
  ['testkit/http/a.ts', '../../origin/config.ts', true],
  ['testkit/http/b.ts', '../../tests/affinity/fixture.ts', false],
  ['testkit/http/c.ts', '../../docs/generate/blocks.ts', false],
  ['origin/c.ts', '../docs/generate/blocks.ts', false],
  ['docs/generate/a.ts', '../../chaos/options.ts', true],
  ['docs/generate/b.ts', '../../tests/affinity/fixture.ts', false],
  ['tests/a.ts', '../testkit/random.ts', true],
  ['tests/b.ts', '../chaos/run.ts', false],
  ['chaos/stacks/b.ts', '../../fuzz/run.ts', false],
  ['fuzz/b.ts', '../bench/wrk.ts', false],
  ['bench/suites/b.ts', '../../chaos/run.ts', false],
] as const;

interface Report {
  diagnostics: { category: string; location: { path: string } }[];
}

let folder: string;
let report: Report;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-imports-'));
  const { vcs, ...config } = JSON.parse(await readFile(join(PROJECT, 'biome.json'), 'utf8'));
  expect(vcs).toBeDefined();
  const files: [string, string][] = [
    ['biome.json', JSON.stringify(config)],
    ['app/visits/cycle-a.ts', "import type { B } from './cycle-b.ts';\nexport type A = B | 1;\n"],
    ['app/visits/cycle-b.ts', "import type { A } from './cycle-a.ts';\nexport type B = A | 2;\n"],
    ...IMPORTS.map(([path, imported]) => [path, `import * as it from '${imported}';\nit;\n`] as [string, string]),
  ];
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  report = await new Promise((resolve) => {
    execFile(BIOME, ['lint', '--reporter=json', '--max-diagnostics=none'], { cwd: folder }, (_error, stdout) => {
      resolve(JSON.parse(stdout) as Report);
    });
  });
});

afterAll(() => rm(folder, { recursive: true }));

function filesWith(rule: string): string[] {
  return report.diagnostics.filter(({ category }) => category === rule).map(({ location }) => location.path);
}

test.each(IMPORTS)('%s may import %s: %s', (path, _imported, isAllowed) => {
  expect(filesWith('lint/style/noRestrictedImports').includes(path)).toBe(!isAllowed);
});

test.each(IMPORTS)('the table of folders agrees: %s may import %s: %s', (path, imported, isAllowed) => {
  const rule = ruleOf(path, readImportRules());
  expect(rule && allows(rule, path, join(dirname(path), imported))).toBe(isAllowed);
});

test('an import cycle fails the check, types included', () => {
  expect(filesWith('lint/suspicious/noImportCycles').sort()).toEqual([
    'app/visits/cycle-a.ts',
    'app/visits/cycle-b.ts',
  ]);
});
