import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const TEXT_MODULE = '\0text:';

/** Loads `x?text` as text, as Node and the edge do. A name of its own keeps Vite from loading it as what it is. */
const textModules = {
  name: 'text-modules',
  enforce: 'pre' as const,
  resolveId: (id: string, importer = '') =>
    id.endsWith('?text') ? `${TEXT_MODULE}${resolve(dirname(importer), id.slice(0, -'?text'.length))}.js` : undefined,
  load: async (id: string) =>
    id.startsWith(TEXT_MODULE)
      ? `export default ${JSON.stringify(await readFile(id.slice(TEXT_MODULE.length, -'.js'.length), 'utf8'))};`
      : undefined,
};

/** Tests beside the code that start processes or servers, or take long: they belong to the integration tests. */
const SLOW = [
  'bench/peers/express.test.ts',
  'bench/peers/program.test.ts',
  'chaos/apply-patch.test.ts',
  'chaos/stacks/swarm/machines.test.ts',
  'chaos/workspace.test.ts',
  'fuzz/fuzz.test.ts',
  'fuzz/http2/http2.test.ts',
  'fuzz/withstand.test.ts',
  'origin/database/within-drizzle.test.ts',
  'origin/log/stdout.test.ts',
  'testkit/processes/command.test.ts',
  'worker/check-local-database.test.ts',
  'worker/migrate-local-d1.test.ts',
];

export default defineConfig({
  plugins: [textModules],
  test: {
    // The default of one second is too short where many suites share a machine.
    expect: { poll: { timeout: 10_000 } },
    reporters: ['default', './testkit/fronts/clause-reporter.ts'],
    // Real processes and databases take their time on a busy machine; nothing is asserted about how long.
    testTimeout: 30_000,
    // They wait for processes and timeouts most of the time: two at once are faster on two processors, too.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    hookTimeout: 120_000,
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // One process for many files: these tests keep no state outside of what they create.
          isolate: false,
          include: ['{app,bench,chaos,cli,dashboard,docs,fuzz,local,origin,testkit,worker}/**/*.test.ts'],
          exclude: SLOW,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/**/*.test.ts', ...SLOW],
          exclude: ['tests/compose/**'],
          globalSetup: ['testkit/mysql/global-setup.ts'],
          setupFiles: ['tests/affinity/setup.ts'],
        },
      },
    ],
  },
});
