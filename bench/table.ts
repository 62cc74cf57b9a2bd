import { markdownTable } from '../testkit/prose/markdown-table.ts';
import { repeatCommand } from './repeat-command.ts';
import { FIGURES, type FigureName, type Report, type Row, type Table } from './report.ts';
import type { Spread } from './spread.ts';
import { isMet, TARGETS } from './targets.ts';

/** Delay in milliseconds from which the load differs noticeably from the intended one. */
const LATE_FROM_MS = 100;

/** Returns a report in Markdown: the targets, then a table for each suite. */
export function reportInMarkdown(report: Report): string {
  return [aboutRun(report), targetsTable(report), ...report.tables.map(suiteTable)].join('\n\n');
}

/** Returns a report as a complete document. */
export function documentOf(report: Report): string {
  return `# What \`npm run bench\` measured\n\n${reportInMarkdown(report)}\n`;
}

/** Returns what it was measured on, how, how to repeat it, and what the figures mean. */
export function aboutRun(report: Report): string {
  const { date, machine, programs, rounds, seconds } = report;
  return [
    `${date}: ${machine}; ${programs.join(', ')}.`,
    `${rounds} rounds of ${seconds} s each, alternating; medians, with the least and the most.`,
    `\`${repeatCommand(report)}\` repeats it.`,
    '*Failed* is what was answered with an error or not at all.',
    'Latencies are of all answers in a closed loop, since the request was sent, and of all 200 answers in an open loop, since the request was due.',
  ].join(' ');
}

/** Returns the table of the targets of the suites that ran, with the measured values. */
export function targetsTable(report: Report): string {
  const measured = new Set(report.tables.map(({ suite }) => suite));
  const rows = TARGETS.filter(({ suite }) => measured.has(suite)).map((target) => {
    const value = target.measure(report);
    const { bound } = target;
    const aim = 'atLeast' in bound ? `≥ ${bound.atLeast}` : `≤ ${bound.atMost}`;
    const verdict = value === undefined ? 'not measured' : isMet(target, value) ? 'met' : 'missed';
    return [target.about, aim, value === undefined ? '' : short(value), verdict];
  });
  return markdownTable(['Target', 'Aim', 'Measured', ''], rows);
}

export function suiteTable({ title, about, rows }: Table): string {
  const figures = (Object.keys(FIGURES) as FigureName[]).filter((name) => rows.some((row) => row.figures[name]));
  // The reason for a missing measurement stands in the cell of the first figure.
  const columns = figures.length > 0 ? figures.map((name) => FIGURES[name]) : [''];
  return [
    `**${title}.** ${about}`,
    '',
    markdownTable(
      ['', ...columns],
      rows.map((row) => [row.name, ...cells(row, figures)]),
    ),
    ...noiseNote(rows),
    ...latenessNote(rows),
  ].join('\n');
}

/** Returns a note about how much the first row's rate varied between rounds, which shows what else the machine did. */
function noiseNote([first]: readonly Row[]): string[] {
  const rate = first?.figures.visitsPerSecond ?? first?.figures.requestsPerSecond;
  if (rate === undefined || rate.median === 0) return [];
  const percent = Math.round((100 * (rate.max - rate.min)) / rate.median);
  return ['', `Noise: between rounds, the rate of the first row varied by ${percent} %.`];
}

/** Returns a note about rows whose load came late, because the latencies there include the load's own delay. */
function latenessNote(rows: readonly Row[]): string[] {
  const late = rows.flatMap(({ name, figures: { lateP99Ms } }) =>
    lateP99Ms !== undefined && lateP99Ms.max > LATE_FROM_MS ? [`${short(lateP99Ms.max)} ms (${name})`] : [],
  );
  if (late.length === 0) return [];
  return ['', `The load generator itself was late; p99 of the delay in its worst round: ${late.join(', ')}.`];
}

function cells({ figures, missing }: Row, names: readonly FigureName[]): string[] {
  if (missing === undefined) return names.map((name) => (figures[name] ? spread(figures[name]) : ''));
  return [`not measured: ${missing}`, ...names.slice(1).map(() => '')];
}

function spread({ median, min, max }: Spread): string {
  return short(min) === short(max) ? short(median) : `${short(median)} (${short(min)}–${short(max)})`;
}

/** Formats a number with three significant digits. */
export function short(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
