import type { Snapshot } from '../replicas/snapshot.ts';
import { headline } from './headline.ts';
import { incidentLine } from './incident-list.ts';
import { isCurrent, statusName } from './replica-state.ts';
import { clockTime, countOf, dayAndTime, decimal, wholeNumber } from './words.ts';

const REPLICA_HEAD = [
  'REPLICA',
  'STATE',
  'VISITS/S',
  'CLIENTS',
  'P50 MS',
  'P95 MS',
  'P99 MS',
  'VISITS',
  'REFUSED',
  'SINCE (UTC)',
  'VERSION',
];
const VISIT_HEAD = ['VISIT', 'REPLICA', 'VERDICT', 'TIME (UTC)'];

/** Renders the dashboard for a terminal: one line per replica, one line per visit. */
export function dashboardText(snapshot: Snapshot): string {
  const { count, visitsPerSecond, mooredClients, replicas, incidents, lastVisits } = snapshot;
  const replicaLines = replicas.map((replica) => {
    const { address, startedAtMs, version, figures } = replica;
    const { latencyMs, visitsPerSecond, mooredClients } = figures;
    const now = isCurrent(replica)
      ? [
          decimal(visitsPerSecond),
          wholeNumber(mooredClients),
          ...[latencyMs?.p50, latencyMs?.p95, latencyMs?.p99].map((ms) => (ms === undefined ? '-' : decimal(ms))),
        ]
      : Array<string>(5).fill('-');
    return [
      address,
      statusName(replica),
      ...now,
      wholeNumber(figures.visits),
      wholeNumber(figures.errors),
      dayAndTime(startedAtMs),
      version,
    ];
  });
  const visitLines = lastVisits.map(({ number, address, affinity, timeMs }) => [
    wholeNumber(number),
    address,
    affinity,
    clockTime(timeMs),
  ]);
  const sums = [
    countOf(count, 'visit'),
    `${decimal(visitsPerSecond)} a second`,
    countOf(mooredClients, 'moored client'),
  ];
  return [
    headline(snapshot).text,
    sums.join(', '),
    ...incidents.map(incidentLine),
    '',
    ...align([REPLICA_HEAD, ...replicaLines]),
    '',
    ...align([VISIT_HEAD, ...visitLines]),
  ].join('\n');
}

const NUMBER = /^[\d,.]+$|^-$/;

/** Pads the cells of each column to the same width, numbers to the right. */
function align([head = [], ...lines]: string[][]): string[] {
  const columns = head.map((title, index) => {
    const cells = lines.map((line) => line[index] as string);
    const width = Math.max(title.length, ...cells.map((cell) => cell.length));
    const isNumber = cells.length > 0 && cells.every((cell) => NUMBER.test(cell));
    return [title, ...cells].map((cell) => (isNumber ? cell.padStart(width) : cell.padEnd(width)));
  });
  return [head, ...lines].map((_line, index) =>
    columns
      .map((column) => column[index])
      .join('  ')
      .trimEnd(),
  );
}
