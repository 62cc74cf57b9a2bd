import { expect, test } from 'vitest';
import { visit } from './checkers/evidence.ts';
import { createProgress } from './progress.ts';
import type { Stack } from './stacks/stack.ts';

function written(isTerminal: boolean): string {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  const progress = createProgress({ durationMs: 60_000, isTerminal, write });
  progress.onProgress(15_000, [visit()]);
  progress.onFault({ kind: 'kill-replica', detail: 'a', fromMs: 16_000, untilMs: 17_000 });
  progress.onProgress(30_000, [visit(), visit()]);
  return text;
}

test('a terminal has a bar, which stays at the bottom', () => {
  const text = written(true);
  expect(text).toContain(`[${'#'.repeat(8)}${'.'.repeat(22)}] 25 %, 1 requests`);
  expect(text.endsWith(`[${'#'.repeat(15)}${'.'.repeat(15)}] 50 %, 2 requests`)).toBe(true);
  expect(text).toContain('kill-replica: a\n');
});

test('without a terminal there are plain lines at intervals', () => {
  expect(written(false)).toBe('  16.000 s to 17.000 s  kill-replica: a\n50 %, 2 requests\n');
});

test('faults that are missing for the same reason share a line', () => {
  const lines: string[] = [];
  const progress = createProgress({ durationMs: 60_000, isTerminal: false, write: (text) => lines.push(text) });
  const missing = { 'step-clock': 'no clock', scale: 'no containers', 'step-all-clocks': 'no clock' };
  progress.onStart({ about: 'a stack', missing } as unknown as Stack, []);
  expect(lines.slice(0, 3)).toEqual([
    'a stack\n',
    '  without step-clock, step-all-clocks: no clock\n',
    '  without scale: no containers\n',
  ]);
});
