import { describe, expect, onTestFinished, test } from 'vitest';
import { runFuzz } from './run.ts';
import { startTarget } from './targets.ts';

const SEED = 1;
const INPUTS = 400;

// Only on Linux can a client use any loopback address. The address identifies the input.
describe.runIf(process.platform === 'linux')('hostile input', () => {
  test.each(['origin', 'worker'] as const)('breaks no invariant at the %s', { timeout: 120_000 }, async (name) => {
    const target = await startTarget(name);
    onTestFinished(target.close);
    const report = await runFuzz({ target, seed: SEED, from: 0, inputs: INPUTS, concurrency: 16 });
    expect(report.violations).toEqual([]);
    expect(report.inputs).toBe(INPUTS);
    expect(report.visits).toBeGreaterThan(0);
  });
});
