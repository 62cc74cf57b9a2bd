import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Results of one clause's cases at one front. */
interface Tally {
  passed: number;
  failed: number;
}

/** A case's front is in the name of its suite, its clause at the start of its own name. */
const FRONTS = ['worker', 'nginx', 'miniflare'] as const;
const CLAUSE = /^([AB]\d+):/;

/** Prints which clauses of the affinity contract hold at which front, if the run has cases of it. */
export default class ClauseReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const table = tally(modules.flatMap((module) => [...module.children.allTests()]));
    if (table.size === 0) return;
    const clauses = [...new Set([...table.keys()].map((key) => key.split(' ')[0] as string))];
    clauses.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    const fronts = FRONTS.filter((front) => clauses.some((clause) => table.has(`${clause} ${front}`)));
    const rows = clauses.map((clause) => [
      clause,
      ...fronts.map((front) => describeTally(table.get(`${clause} ${front}`))),
    ]);
    const lines = [['clause', ...fronts], ...rows].map((cells) =>
      cells
        .map((cell) => cell.padEnd(14))
        .join('')
        .trimEnd(),
    );
    process.stdout.write(`\n${lines.join('\n')}\n`);
  }
}

function tally(tests: TestCase[]): Map<string, Tally> {
  const table = new Map<string, Tally>();
  for (const test of tests) {
    const clause = test.name.match(CLAUSE)?.[1];
    const front = FRONTS.find((name) => new RegExp(`\\b${name}\\b`).test(test.fullName.slice(0, -test.name.length)));
    if (!clause || !front) continue;
    const key = `${clause} ${front}`;
    const counts = table.get(key) ?? { passed: 0, failed: 0 };
    counts[test.result().state === 'passed' ? 'passed' : 'failed']++;
    table.set(key, counts);
  }
  return table;
}

function describeTally(counts: Tally | undefined): string {
  if (!counts) return '–';
  return counts.failed > 0 ? `${counts.failed} FAILED` : `${counts.passed} passed`;
}
