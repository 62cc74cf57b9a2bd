import { html } from 'hono/html';
import { EDGE_VERDICTS, type EdgeView } from '../replicas/edge-report.ts';
import type { Html } from './html.ts';
import { verdictLabel } from './verdict-words.ts';
import { decimal, wholeNumber } from './words.ts';

/** Renders what the edge has counted: its answers by verdict, and its tries at each replica. */
export function edgeTable({ verdicts, errors, peers }: EdgeView): Html {
  const labels = EDGE_VERDICTS.map((verdict) => {
    const label = verdict === 'none' ? html`<span class="verdict none">no replica</span>` : verdictLabel(verdict);
    return html`<li>${label} <b>${wholeNumber(verdicts[verdict])}</b></li>`;
  });
  return html`<ul class="sums">${labels}
<li><span class="verdict refused">error</span> <b>${wholeNumber(errors)}</b></li></ul>
${peers.length > 0 && triesTable(peers)}
<p class="hint">All requests since the edge started, also health checks and this page. <b>No replica</b> is an answer of the edge's own, such as a 502. The time of a try ends with the headers of the answer.</p>`;
}

function triesTable(peers: EdgeView['peers']): Html {
  return html`<table class="compact" aria-labelledby="edge-title">
<thead><tr><th scope="col">Replica</th><th scope="col" class="number">Answered</th><th scope="col" class="number">Failed</th><th scope="col" class="number">Mean time</th></tr></thead>
<tbody>${peers.map(row)}</tbody>
</table>`;
}

function row({ address, answered, failed, meanMs }: EdgeView['peers'][number]): Html {
  return html`<tr><th scope="row">${address}</th>
<td class="number">${wholeNumber(answered)}</td>
<td class="number ${failed > 0 && 'problem'}">${failed === 0 ? '–' : wholeNumber(failed)}</td>
<td class="number">${meanMs === null ? '–' : html`${decimal(meanMs)} ms`}</td></tr>`;
}
