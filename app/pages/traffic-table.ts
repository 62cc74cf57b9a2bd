import { html } from 'hono/html';
import type { Snapshot } from '../replicas/snapshot.ts';
import { STATUS_CLASSES, type StatusClass } from '../replicas/status-class.ts';
import type { RouteTraffic } from '../replicas/traffic.ts';
import type { Html } from './html.ts';
import { countOf, wholeNumber } from './words.ts';

/** Enough to be useful, few enough to keep the page small. */
const SHOWN_ROUTES = 8;

/** What the rows are, by where the data are from. */
const HINTS = {
  replicas: html`Without health checks, this dashboard and the files of pages. <b>*</b> stands for paths that no route serves.`,
  balancers: html`What the balancers logged, by the first part of the path. <b>*</b> stands for what was answered 404.`,
};

/** Renders the requests of the last five minutes by route and status class: a bar for each route, and the numbers. */
export function trafficTable({ traffic, source }: Pick<Snapshot, 'traffic' | 'source'>): Html {
  const busiest = traffic[0]?.total ?? 0;
  if (busiest === 0) return html`<p class="empty">No client has made a request.</p>`;
  const classes = STATUS_CLASSES.filter((name) => name !== '1xx' || traffic.some(({ statuses }) => statuses[name] > 0));
  const hidden = traffic.slice(SHOWN_ROUTES);
  const total = hidden.reduce((sum, route) => sum + route.total, 0);
  return html`<table class="compact" aria-labelledby="traffic-title">
<thead><tr><th scope="col">${source === 'balancers' ? 'Path' : 'Route'}</th>${classes.map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${traffic.slice(0, SHOWN_ROUTES).map((route) => row(route, classes, busiest))}</tbody>
</table>
${hidden.length > 0 && html`<p class="hint">Not listed: ${countOf(total, 'request')} to ${countOf(hidden.length, 'more route')}.</p>`}
<p class="hint">${HINTS[source ?? 'replicas']}</p>`;
}

function row({ route, statuses }: RouteTraffic, classes: readonly StatusClass[], busiest: number): Html {
  return html`<tr><th scope="row"><code>${route}</code>${bar(statuses, busiest)}</th>
${classes.map((name) => html`<td class="number ${name === '5xx' && statuses[name] > 0 && 'problem'}">${statuses[name] === 0 ? '–' : wholeNumber(statuses[name])}</td>`)}</tr>`;
}

/** Draws the route's requests as a bar, coloured by status class. Its length is the share of the busiest route. */
function bar(statuses: RouteTraffic['statuses'], busiest: number): Html {
  let x = 0;
  const parts = STATUS_CLASSES.filter((name) => statuses[name] > 0).map((name) => {
    const width = (100 * statuses[name]) / busiest;
    const part = html`<rect class="status-${name}" x="${round(x)}" width="${round(width)}" height="1"/>`;
    x += width;
    return part;
  });
  return html`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
}

function round(value: number): string {
  return `${Math.round(value * 100) / 100}`;
}
