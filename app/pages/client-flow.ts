import { html } from 'hono/html';
import type { ReplicaView } from '../replicas/snapshot.ts';
import type { Html } from './html.ts';
import { replicaName } from './replica-name.ts';
import { isCurrent, stateLabel, statusName } from './replica-state.ts';
import { countOf, wholeNumber } from './words.ts';

/**
 * The drawing is stretched to the height of the replicas' rows beside it. In its own units, this is a row's height and the
 * width.
 */
const ROW = 10;
const WIDTH = 100;
/** The maximum width of a ribbon, and the maximum share of the total height that all ribbons take together. */
const WIDEST = 7.5;
const FULLEST = 0.8;

/**
 * Draws the clients flowing to the replicas: one ribbon per replica, whose width shows its number of moored clients. The text
 * beside it says the same.
 */
export function clientFlow(replicas: readonly ReplicaView[], mooredClients: number): Html {
  if (replicas.length === 0) return html`<p class="empty">No replica is known yet.</p>`;
  const height = replicas.length * ROW;
  return html`<div class="flow${replicas.length > 6 ? ' flow-many' : ''}">
<p class="source"><b>${wholeNumber(mooredClients)}</b> ${mooredClients === 1 ? 'client' : 'clients'}</p>
<svg class="ribbons" viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none" role="img" aria-label="${describe(replicas)}">${ribbons(replicas)}</svg>
<ol class="berths">${replicas.map(berth)}</ol>
</div>`;
}

function berth(replica: ReplicaView): Html {
  const { figures } = replica;
  const clients = !isCurrent(replica) ? '' : html`<span>${countOf(figures.mooredClients, 'client')}</span>`;
  return html`<li>${replicaName(replica)}<span class="berth-state">${clients}${stateLabel(replica)}</span></li>`;
}

function ribbons(replicas: readonly ReplicaView[]): Html[] {
  const counts = replicas.map((replica) => (isCurrent(replica) ? replica.figures.mooredClients : 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const height = replicas.length * ROW;
  const perClient = total === 0 ? 0 : Math.min(WIDEST / Math.max(...counts), (FULLEST * height) / total);
  let left = (height - total * perClient) / 2;
  return replicas.map((replica, index) => {
    const width = (counts[index] as number) * perClient;
    const right = (index + 0.5) * ROW - width / 2;
    const drawn = ribbon(replica, left, right, width);
    left += width;
    return drawn;
  });
}

/** A replica without clients gets a thread, to show that it belongs to the cluster. */
function ribbon(replica: ReplicaView, left: number, right: number, width: number): Html {
  const word = statusName(replica);
  const middle = curve(left + width / 2, right + width / 2);
  if (width === 0) return html`<path class="thread thread-${word}" d="M0 ${round(left)}${middle}"/>`;
  const back = `C${WIDTH / 2} ${round(right + width)} ${WIDTH / 2} ${round(left + width)} 0 ${round(left + width)}`;
  const outline = `M0 ${round(left)}${curve(left, right)}V${round(right + width)}${back}Z`;
  return html`<g><path class="ribbon ribbon-${word}" d="${outline}"/><path class="current" d="M0 ${round(left + width / 2)}${middle}"/></g>`;
}

function curve(from: number, to: number): string {
  return `C${WIDTH / 2} ${round(from)} ${WIDTH / 2} ${round(to)} ${WIDTH} ${round(to)}`;
}

function round(value: number): string {
  return `${Math.round(value * 100) / 100}`;
}

function describe(replicas: readonly ReplicaView[]): string {
  const parts = replicas.map((replica) => {
    const word = statusName(replica);
    const clients = !isCurrent(replica) ? 'none' : countOf(replica.figures.mooredClients, 'client');
    return `${replica.address}, ${word}: ${clients}`;
  });
  return `Clients by replica. ${parts.join('; ')}.`;
}
