import { beforeAll, type RunnerTestFile } from 'vitest';
import { expectDifferences } from './miniflare.ts';

// Vitest runs this before each file of the integration tests.
// biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern which fixtures a hook needs.
beforeAll(({}, file) => expectDifferences(file as RunnerTestFile));
