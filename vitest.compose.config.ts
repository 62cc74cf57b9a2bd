import { defineConfig } from 'vitest/config';

/** The real stack on a Docker engine: `npm run test:compose`. */
export default defineConfig({
  test: {
    // The default of one second is too short where many suites share a machine.
    expect: { poll: { timeout: 10_000 } },
    include: ['tests/compose/**/*.test.ts'],
    // One stack at a time: two would share the machine.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 600_000,
  },
});
