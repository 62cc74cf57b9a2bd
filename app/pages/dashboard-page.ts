import { html } from 'hono/html';
import type { EdgeView } from '../replicas/edge-report.ts';
import { VISIT_VERDICTS } from '../replicas/registry.ts';
import type { PlacedVisit, ReplicaView, Snapshot } from '../replicas/snapshot.ts';
import { clientFlow } from './client-flow.ts';
import { edgeTable } from './edge-table.ts';
import { type Headline, headline, unavailableHeadline } from './headline.ts';
import type { Html } from './html.ts';
import { incidentList } from './incident-list.ts';
import { layout, type PageContext } from './layout.ts';
import { replicaName } from './replica-name.ts';
import { replicaRows } from './replica-rows.ts';
import { sessionTable } from './session-table.ts';
import { trafficTable } from './traffic-table.ts';
import { verdictLabel } from './verdict-words.ts';
import { clockTime, countOf, decimal, wholeNumber } from './words.ts';

/** Enough to be useful, few enough to keep the page small. */
const SHOWN_VISITS = 6;

/** Renders the dashboard. With JavaScript the page updates itself; without, the browser reloads it. */
export function dashboardPage(snapshot: Snapshot, context: PageContext): Html {
  return layout({
    ...context,
    title: 'Dashboard · Mooring',
    here: 'dashboard',
    styles: ['dashboard.css'],
    programs: ['uplot.js', 'idiomorph.js'],
    module: 'dashboard.js',
    head: html`<noscript><meta http-equiv="refresh" content="5"></noscript>`,
    main: html`<div class="title">
<h1>Dashboard</h1>
<p class="link-state" data-link hidden></p>
</div>
<p class="visually-hidden" role="status" data-news></p>
<div data-content>
${dashboardContent(snapshot)}
</div>`,
  });
}

/** Returns the fields of the replicas whose changes the page's script announces. */
export function statuses(replicas: Snapshot['replicas']): object[] {
  return replicas.map(({ address, state, isLost }) => ({ address, state, isLost }));
}

/** Renders the part of the page that changes. */
export function dashboardContent(snapshot: Snapshot): Html {
  return content(snapshot, headline(snapshot), decimal(snapshot.requestsPerSecond));
}

/**
 * Renders the same part while the database is unavailable: the last known data, with nothing presented as current.
 *
 * @param message why the database cannot be read
 * @param sinceMs since when, in milliseconds since the epoch
 */
export function outdatedContent(snapshot: Snapshot, message: string, sinceMs: number): Html {
  const replicas = snapshot.replicas.map((replica): ReplicaView => {
    return replica.state === 'gone' ? replica : { ...replica, state: 'unknown' };
  });
  return content({ ...snapshot, replicas }, unavailableHeadline(message, sinceMs), '–');
}

function content(snapshot: Snapshot, { level, text }: Headline, rate: string): Html {
  const { count, replicas, mooredClients, edge } = snapshot;
  return html`<p class="card headline ${level}" id="headline">${text}</p>
${tiles(snapshot, rate)}
<div class="halves">
<section class="card" id="flow" aria-labelledby="flow-title">
<h2 id="flow-title">Who is moored where</h2>
${clientFlow(replicas, mooredClients)}
</section>
${verdicts(snapshot.history)}
</div>
${incidentList(snapshot.incidents)}
${
  snapshot.source === 'balancers'
    ? requests(snapshot)
    : html`<div class="halves">
${requests(snapshot)}
${sessions(snapshot)}
</div>`
}
<section class="card" id="replicas" aria-labelledby="replicas-title">
<h2 id="replicas-title">Replicas</h2>
${replicaRows(replicas)}
</section>
${edge && edgeCard(edge)}
${count !== undefined && lastVisits(snapshot)}`;
}

function tiles({ count, mooredClients, replicas, traffic }: Snapshot, rate: string): Html {
  const ready = replicas.filter(({ state }) => state === 'ready').length;
  // A lost replica was not meant to stop, so it is still expected.
  const expected = replicas.filter(({ state, isLost }) => state !== 'gone' || isLost).length;
  const requests = traffic.reduce((sum, { total }) => sum + total, 0);
  const tile = (label: string, value: string, about: string) =>
    html`<div class="tile"><dt>${label}</dt><dd><b>${value}</b> <span>${about}</span></dd></div>`;
  return html`<dl class="tiles" id="tiles">
${count === undefined ? tile('Requests', wholeNumber(requests), 'in the last five minutes') : tile('Visits', wholeNumber(count), 'counted ever')}
${tile('Requests per second', rate, 'lately')}
${tile('Clients', wholeNumber(mooredClients), 'in the last five minutes')}
${tile('Replicas ready', wholeNumber(ready), `of ${wholeNumber(expected)}`)}
</dl>`;
}

/** The script draws the chart. The totals are text, so they need no script. */
function verdicts({ verdicts, refused }: Snapshot['history']): Html {
  const total = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0);
  return html`<section class="card" id="verdicts" aria-labelledby="verdicts-title">
<h2 id="verdicts-title">Verdicts of the last five minutes</h2>
<div class="chart" id="chart" data-chart role="img" aria-label="Requests by verdict over the last five minutes, and those that failed. The sums follow." hidden></div>
<ul class="sums">${VISIT_VERDICTS.map((verdict) => html`<li>${verdictLabel(verdict)} <b>${wholeNumber(total(verdicts[verdict]))}</b></li>`)}
<li><span class="verdict refused">error</span> <b>${wholeNumber(total(refused))}</b></li></ul>
<p class="hint">The chart shows the requests of each five seconds, by the time of day (UTC). An error is a 5xx response, whatever the verdict.</p>
</section>`;
}

function requests(snapshot: Snapshot): Html {
  return html`<section class="card" id="traffic" aria-labelledby="traffic-title">
<h2 id="traffic-title">Requests of the last five minutes</h2>
${trafficTable(snapshot)}
</section>`;
}

/** Balancers know nothing of sessions. */
function sessions(snapshot: Snapshot): Html {
  return html`<section class="card" id="sessions" aria-labelledby="sessions-title">
<h2 id="sessions-title">Sessions of the last five minutes</h2>
${sessionTable(snapshot)}
</section>`;
}

function edgeCard(edge: EdgeView): Html {
  return html`<section class="card" id="edge" aria-labelledby="edge-title">
<h2 id="edge-title">The edge: ${countOf(edge.requests, 'request')}</h2>
${edgeTable(edge)}
</section>`;
}

function lastVisits(snapshot: Snapshot): Html {
  return html`<section class="card" id="last-visits" aria-labelledby="last-visits-title">
<h2 id="last-visits-title">Last visits</h2>
${visitRows(snapshot)}
</section>`;
}

function visitRows({ lastVisits, replicas }: Snapshot): Html {
  if (lastVisits.length === 0) return html`<p class="empty">No replica has counted one since it started.</p>`;
  const sids = new Map(replicas.map(({ address, sid }) => [address, sid]));
  const row = ({ number, address, affinity, timeMs }: PlacedVisit) =>
    html`<tr id="visit-${number}"><td class="number">${wholeNumber(number)}</td><td>${replicaName({ address, sid: sids.get(address) ?? '' })}</td><td>${verdictLabel(affinity)}</td><td>${clockTime(timeMs)}</td></tr>`;
  return html`<table aria-labelledby="last-visits-title">
<thead><tr><th scope="col" class="number">Visit</th><th scope="col">Replica</th><th scope="col">Verdict</th><th scope="col">Time (UTC)</th></tr></thead>
<tbody>${lastVisits.slice(0, SHOWN_VISITS).map(row)}</tbody>
</table>`;
}
