import { EDGE_VERDICTS, type EdgeView } from '../replicas/edge-report.ts';
import type { ReplicaView, SessionSums, Snapshot } from '../replicas/snapshot.ts';
import { STATUS_CLASSES } from '../replicas/status-class.ts';
import { headline } from './headline.ts';
import { incidentLine } from './incident-list.ts';
import { isCurrent, statusName } from './replica-state.ts';
import { hasSessions } from './session-table.ts';
import { byteSize, clockTime, countOf, dayAndTime, decimal, share, wholeNumber } from './words.ts';

const REPLICA_HEAD = [
  'REPLICA',
  'STATE',
  'REQUESTS/S',
  'CLIENTS',
  'P50 MS',
  'P95 MS',
  'P99 MS',
  'REQUESTS',
  'ERRORS',
  'SINCE (UTC)',
  'VERSION',
];
const TRAFFIC_HEAD = ['ROUTE', ...STATUS_CLASSES.map((name) => name.toUpperCase())];
const SESSION_HEAD = ['SESSIONS AT', 'IN MEMORY', 'SIZE', 'READS', 'FROM MEMORY', 'CHANGES', 'CONFLICTS'];
const EDGE_HEAD = ['TRIES OF THE EDGE AT', 'ANSWERED', 'FAILED', 'MEAN MS'];
const VISIT_HEAD = ['VISIT', 'REPLICA', 'VERDICT', 'TIME (UTC)'];

/** Renders the dashboard for a terminal: one line per replica, per route, per replica with sessions, and per visit. */
export function dashboardText(snapshot: Snapshot): string {
  const { count, requestsPerSecond, mooredClients, incidents, replicas, edge } = snapshot;
  const sums = [
    ...(count === undefined ? [] : [countOf(count, 'visit')]),
    `${decimal(requestsPerSecond)} requests a second`,
    countOf(mooredClients, 'client'),
  ];
  const tables = [
    [REPLICA_HEAD, ...replicas.map(replicaLine)],
    [TRAFFIC_HEAD, ...trafficLines(snapshot)],
    ...(hasSessions(snapshot) ? [[SESSION_HEAD, ...sessionLines(snapshot)]] : []),
    ...(edge ? [[EDGE_HEAD, ...edgeLines(edge)]] : []),
    ...(count === undefined ? [] : [[VISIT_HEAD, ...visitLines(snapshot)]]),
  ];
  return [
    headline(snapshot).text,
    sums.join(', '),
    ...(edge ? [edgeLine(edge)] : []),
    ...incidents.map(incidentLine),
    ...tables.flatMap((lines) => ['', ...align(lines)]),
  ].join('\n');
}

function replicaLine(replica: ReplicaView): string[] {
  const { address, startedAtMs, version, figures } = replica;
  const { latencyMs, requestsPerSecond, mooredClients, requests, errors } = figures;
  const now = isCurrent(replica)
    ? [
        decimal(requestsPerSecond),
        wholeNumber(mooredClients),
        ...[latencyMs?.p50, latencyMs?.p95, latencyMs?.p99].map((ms) => (ms === undefined ? '-' : decimal(ms))),
      ]
    : Array<string>(5).fill('-');
  const sums = [wholeNumber(requests), wholeNumber(errors)];
  return [address, statusName(replica), ...now, ...sums, dayAndTime(startedAtMs), version || '-'];
}

function trafficLines({ traffic }: Snapshot): string[][] {
  return traffic.map(({ route, statuses }) => [route, ...STATUS_CLASSES.map((name) => wholeNumber(statuses[name]))]);
}

function sessionLines({ replicas, sessions }: Snapshot): string[][] {
  const line = (name: string, { copies, bytes, memoryReads, databaseReads, commits, conflicts }: SessionSums) => {
    const reads = memoryReads + databaseReads;
    const counts = [commits, conflicts].map(wholeNumber);
    return [name, wholeNumber(copies), byteSize(bytes), wholeNumber(reads), share(memoryReads, reads), ...counts];
  };
  const ofReplicas = replicas
    .filter(isCurrent)
    .flatMap(({ address, figures }) => (figures.sessions ? [line(address, figures.sessions)] : []));
  return [...ofReplicas, line('all', sessions)];
}

function edgeLine({ requests, errors, verdicts }: EdgeView): string {
  const sums = EDGE_VERDICTS.map((verdict) => `${verdict} ${wholeNumber(verdicts[verdict])}`);
  return `The edge since it started: ${countOf(requests, 'request')}, ${countOf(errors, 'error')}; ${sums.join(', ')}`;
}

function edgeLines({ peers }: EdgeView): string[][] {
  return peers.map(({ address, answered, failed, meanMs }) => [
    address,
    wholeNumber(answered),
    wholeNumber(failed),
    meanMs === null ? '-' : decimal(meanMs),
  ]);
}

function visitLines({ lastVisits }: Snapshot): string[][] {
  return lastVisits.map(({ number, address, affinity, timeMs }) => [
    wholeNumber(number),
    address,
    affinity,
    clockTime(timeMs),
  ]);
}

const NUMBER = /^[\d,.]+(?: %| kB| MB)?$|^[-–]$/;

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
