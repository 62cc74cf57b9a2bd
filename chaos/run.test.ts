import { expect, test } from 'vitest';
import { runChaos } from './run.ts';
import type { Stack } from './stacks/stack.ts';

test('an error while the stack is removed does not discard the results', async () => {
  const ledger = { counter: 0, rows: [] };
  const stack: Stack = {
    about: 'an empty stack',
    fronts: [{ name: 'nginx', kind: 'nginx', url: 'http://127.0.0.1:1' }],
    faults: {},
    missing: {},
    replicas: () => [],
    finish: async () => ledger,
    close: () => Promise.reject(new Error('a network is still in use')),
  };
  const leftOver: unknown[] = [];
  const evidence = await runChaos({
    seed: 1,
    durationMs: 1,
    calmMs: 0,
    clients: 0,
    startStack: async () => stack,
    say() {},
    watch: { onStart() {}, onFault() {}, onProgress() {}, onLeftOver: (error) => leftOver.push(error) },
  });
  expect(evidence.ledger).toBe(ledger);
  expect(leftOver).toEqual([new Error('a network is still in use')]);
});
