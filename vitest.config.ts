import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The default of one second is too short where many suites share a machine.
    expect: { poll: { timeout: 10_000 } },
    include: ['{app,bench,chaos,cli,docs,fuzz,local,origin,testkit,tests,worker}/**/*.test.ts'],
    exclude: ['tests/compose/**'],
    globalSetup: ['testkit/mysql/global-setup.ts'],
    reporters: ['default', './testkit/fronts/clause-reporter.ts'],
    // Real processes and databases take their time on a busy machine; nothing is asserted about how long.
    testTimeout: 30_000,
    hookTimeout: 120_000,
    restoreMocks: true,
  },
});
