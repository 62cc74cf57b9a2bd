import { expect, test } from 'vitest';
import { CHECKS } from './checkers/all.ts';
import { evidence, visit } from './checkers/evidence.ts';
import { judge, verdict } from './verdict.ts';

test('a sound run has a line for each check and no excerpt', () => {
  const sound = evidence({ operations: [visit()] });
  const text = verdict(judge(CHECKS, sound), sound);
  for (const { name, promise } of CHECKS) expect(text).toMatch(new RegExp(`^  ${name} +ok +${promise}$`, 'm'));
  expect(text).toContain('requests  1: 1 200');
  expect(text).toContain('ledger    counter 1, 1 rows');
  expect(text.trimEnd().split('\n').at(-1)).toContain(CHECKS.at(-1)?.promise);
});

test('a violation is shown with its operations, the previous one, and the faults around that time', () => {
  const before = visit({ number: 1, sentAtMs: 59_000, endedAtMs: 59_010 });
  const lost = visit({ number: 2 });
  const kill = { kind: 'kill-replica' as const, detail: 'replica-1', fromMs: 59_500, untilMs: 62_000 };
  const other = { kind: 'scale' as const, detail: 'from 3 to 4', fromMs: 5000, untilMs: 6000 };
  const run = evidence({
    operations: [before, lost],
    faults: [other, kill],
    ledger: { counter: 1, rows: [{ number: 1, requestId: 'request 1' }] },
  });
  const text = verdict(judge(CHECKS, run), run);
  expect(text).toMatch(/^ {2}acknowledged +1 violation /m);
  const excerpt = text.slice(text.indexOf('acknowledged: visit 2 was acknowledged and has no row'));
  expect(excerpt).toContain(`#${before.id} client 1`);
  expect(excerpt).toContain(`#${lost.id} client 1 at worker, visit, cookie a: 200 2 by 10.0.0.1:5000`);
  expect(excerpt).toContain('59.500 s to 62.000 s  kill-replica: replica-1');
  expect(excerpt).not.toContain('scale');
});
