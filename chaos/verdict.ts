import type { FaultRecord } from './fault.ts';
import type { Checker, Evidence, Operation, Violation } from './history.ts';
import { seconds } from './seconds.ts';

/** Keeps excerpts short: the first operations of a violation, and the faults within this time before and after them. */
const SHOWN_OPERATIONS = 4;
const FAULTS_WITHIN_MS = 3000;

export interface Finding {
  check: Checker;
  violations: Violation[];
}

export function judge(checks: readonly Checker[], evidence: Evidence): Finding[] {
  return checks.map((check) => ({ check, violations: check.find(evidence) }));
}

/** Returns a run's counts and findings as a table, with an excerpt of the history for each broken promise. */
export function verdict(findings: readonly Finding[], evidence: Evidence): string {
  const width = Math.max(...findings.map(({ check }) => check.name.length));
  const rows = findings.map(({ check, violations }) => {
    const word = violations.length === 0 ? 'ok' : `${violations.length} violation${violations.length === 1 ? '' : 's'}`;
    return `  ${check.name.padEnd(width)}  ${word.padEnd(14)}  ${check.promise}`;
  });
  const excerpts = findings
    .filter(({ violations }) => violations.length > 0)
    .map(({ violations }) => excerpt(violations[0] as Violation, evidence));
  return [...counts(evidence), '', ...rows, ...excerpts.flatMap((text) => ['', text])].join('\n');
}

function counts({ operations, faults, ledger }: Evidence): string[] {
  const tally = (what: (operation: Operation) => string) =>
    [...Map.groupBy(operations, what)]
      .sort(([, a], [, b]) => b.length - a.length)
      .map(([name, { length }]) => `${length} ${name}`)
      .join(', ');
  const kinds = [...Map.groupBy(faults, ({ kind }) => kind)].map(([kind, { length }]) => `${length} ${kind}`);
  return [
    `requests  ${operations.length}: ${tally(({ outcome, status }) => (outcome === 'answered' ? `${status}` : outcome))}`,
    `verdicts  ${tally(({ verdict: word }) => word ?? 'none')}`,
    `faults    ${faults.length}: ${kinds.sort().join(', ')}`,
    `ledger    counter ${ledger.counter}, ${ledger.rows.length} rows`,
    `sessions  ${sessionCounts(operations)}`,
  ];
}

function sessionCounts(operations: readonly Operation[]): string {
  const answered = operations.filter(({ status }) => status === 200);
  const lists = new Set(answered.flatMap(({ ledger }) => ledger?.list ?? []));
  const count = (...asked: Operation['asked'][]) =>
    answered.filter((operation) => asked.includes(operation.asked)).length;
  const read = (from: Operation['readFrom']) => answered.filter(({ readFrom }) => readFrom === from).length;
  const changes = `${count('append', 'put')} changes of ${lists.size} lists`;
  const ends = `${count('regenerate')} new ids, ${count('destroy')} destroyed, ${count('probe')} old cookies tried again`;
  return `${changes}, ${ends}; ${read('memory')} read from memory, ${read('database')} from the database`;
}

/**
 * Returns the excerpt for one violation: its operations, each with its client's previous one, and the faults around
 * that time.
 */
function excerpt({ check, message, operations }: Violation, evidence: Evidence): string {
  const shown = new Set<Operation>();
  for (const operation of operations.slice(0, SHOWN_OPERATIONS)) {
    const before = evidence.operations.findLast(({ client, id }) => client === operation.client && id < operation.id);
    if (before) shown.add(before);
    shown.add(operation);
  }
  const lines = [...shown].sort((a, b) => a.sentAtMs - b.sentAtMs);
  const faults = evidence.faults.filter(({ fromMs, untilMs }) =>
    lines.some(
      ({ sentAtMs, endedAtMs }) => fromMs - FAULTS_WITHIN_MS <= endedAtMs && sentAtMs <= untilMs + FAULTS_WITHIN_MS,
    ),
  );
  return [`${check}: ${message}`, ...lines.map(operationLine), ...faults.map(faultLine)].join('\n');
}

function operationLine(operation: Operation): string {
  const { id, client, front, asked, cookie, outcome, error, status, number, count, requestId } = operation;
  const { servedBy, verdict: word, mooredTo, session, entry, ledger } = operation;
  const answer =
    outcome === 'answered'
      ? `${status} ${number ?? count ?? ''}${ledger ? `${ledger.list} ${ledger.count}` : ''} by ${servedBy}, ${word}, moored to ${mooredTo}`
      : outcome;
  const sent = `${asked}${entry ? ` ${entry}` : ''}, cookie ${cookie ?? 'none'}${session ? `, session ${session}` : ''}`;
  const span = `${seconds(operation.sentAtMs)} to ${seconds(operation.endedAtMs)}`;
  return `  ${span}  #${id} client ${client} at ${front}, ${sent}: ${answer}${error ? ` (${error})` : ''}${requestId ? `, request ${requestId}` : ''}`;
}

export function faultLine({ kind, detail, fromMs, untilMs }: FaultRecord): string {
  return `  ${seconds(fromMs)} to ${seconds(untilMs)}  ${kind}: ${detail}`;
}
