import { html } from 'hono/html';
import type { ReplicaView, SessionSums, Snapshot } from '../replicas/snapshot.ts';
import type { Html } from './html.ts';
import { isCurrent } from './replica-state.ts';
import { byteSize, countOf, share, wholeNumber } from './words.ts';

/** Whether any session was held, read or changed: an app may have none. */
export function hasSessions({ sessions }: Pick<Snapshot, 'sessions'>): boolean {
  return Object.values(sessions).some((count) => count > 0);
}

/** Renders what each replica holds in memory, and what it did with sessions in the last five minutes. */
export function sessionTable({ sessions, replicas }: Pick<Snapshot, 'sessions' | 'replicas'>): Html {
  if (!hasSessions({ sessions })) return html`<p class="empty">No replica has used one.</p>`;
  return html`<table class="compact" aria-labelledby="sessions-title">
<thead><tr><th scope="col">Replica</th><th scope="col" class="number">In memory</th><th scope="col" class="number">From memory</th><th scope="col" class="number">Changes</th></tr></thead>
<tbody>${replicas.filter(isCurrent).map(row)}</tbody>
<tfoot><tr><th scope="row">All</th>${cells(sessions)}</tr></tfoot>
</table>
<p class="hint">Other reads go to the database, like every change. A conflict is a change made again, because another replica had changed the session.</p>`;
}

function row(replica: ReplicaView): Html {
  const { sessions } = replica.figures;
  return html`<tr id="sessions-${replica.sid}"><th scope="row">${replica.address}</th>${sessions ? cells(sessions) : html`<td colspan="3">not reported</td>`}</tr>`;
}

function cells({ copies, bytes, memoryReads, databaseReads, commits, conflicts }: SessionSums): Html {
  const reads = memoryReads + databaseReads;
  return html`<td class="number">${wholeNumber(copies)} <small>${byteSize(bytes)}</small></td>
<td class="number">${share(memoryReads, reads)} <small>of ${countOf(reads, 'read')}</small></td>
<td class="number">${wholeNumber(commits)}${conflicts > 0 && html` <small>${countOf(conflicts, 'conflict')}</small>`}</td>`;
}
