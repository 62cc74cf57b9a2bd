import { html } from 'hono/html';
import type { ReplicaView } from '../replicas/snapshot.ts';
import type { Html } from './html.ts';
import { replicaName } from './replica-name.ts';
import { isCurrent, stateLabel } from './replica-state.ts';
import { dayAndTime, decimal, wholeNumber } from './words.ts';

interface Column {
  title: string;
  isNumber?: boolean;
  cell: (replica: ReplicaView) => string | Html;
}

const latency = (of: 'p50' | 'p95' | 'p99') => (replica: ReplicaView) => {
  const { latencyMs } = replica.figures;
  return latencyMs === null ? '–' : decimal(latencyMs[of]);
};

const COLUMNS: Column[] = [
  { title: 'State', cell: stateLabel },
  { title: 'Requests/s', isNumber: true, cell: ({ figures }) => decimal(figures.requestsPerSecond) },
  { title: 'Clients', isNumber: true, cell: ({ figures }) => wholeNumber(figures.mooredClients) },
  { title: 'p50 ms', isNumber: true, cell: latency('p50') },
  { title: 'p95 ms', isNumber: true, cell: latency('p95') },
  { title: 'p99 ms', isNumber: true, cell: latency('p99') },
  { title: 'Requests', isNumber: true, cell: ({ figures }) => wholeNumber(figures.requests) },
  { title: 'Errors', isNumber: true, cell: ({ figures }) => wholeNumber(figures.errors) },
  { title: 'Since (UTC)', cell: ({ startedAtMs }) => dayAndTime(startedAtMs) },
  { title: 'Version', cell: ({ version }) => version },
];

const NOW_ONLY = new Set(['Requests/s', 'Clients', 'p50 ms', 'p95 ms', 'p99 ms']);

/**
 * Renders everything that is known of each replica. The ARIA roles repeat the elements' own: on narrow screens CSS shows each
 * row as a card, and browsers would then no longer treat the table as one.
 */
export function replicaRows(replicas: readonly ReplicaView[]): Html {
  // Balancers do not know the version of a replica.
  const hasVersions = replicas.some(({ version }) => version !== '');
  const columns = COLUMNS.filter(({ title }) => title !== 'Version' || hasVersions);
  return html`<table class="rows" role="table" aria-labelledby="replicas-title">
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Replica</th>${columns.map(columnHeader)}</tr></thead>
<tbody role="rowgroup">${replicas.map((replica) => row(replica, columns))}</tbody>
</table>`;
}

function columnHeader({ title, isNumber }: Column): Html {
  return html`<th scope="col" role="columnheader"${isNumber ? html` class="number"` : ''}>${title}</th>`;
}

function row(replica: ReplicaView, columns: readonly Column[]): Html {
  return html`<tr id="row-${replica.sid}" role="row" class="row-${replica.state}">
<th scope="row" role="rowheader">${replicaName(replica)}</th>
${columns.map((column) => cell(column, replica))}
</tr>`;
}

/** Current values of a replica that is gone or unknown are not shown: its last report no longer holds. */
function cell({ title, isNumber, cell }: Column, replica: ReplicaView): Html {
  const content = !isCurrent(replica) && NOW_ONLY.has(title) ? '–' : cell(replica);
  return html`<td role="cell" data-title="${title}"${isNumber ? html` class="number"` : ''}>${content}</td>`;
}
