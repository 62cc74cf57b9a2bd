import { html } from 'hono/html';
import type { Incident } from '../replicas/incidents.ts';
import type { Html } from './html.ts';
import { clockTime, countOf } from './words.ts';

/** Renders recent incidents, one line each; nothing when there are none. */
export function incidentList(incidents: readonly Incident[]): Html {
  if (incidents.length === 0) return html``;
  return html`<section class="card" id="incidents" aria-labelledby="incidents-title">
<h2 id="incidents-title">Incidents of the last five minutes</h2>
<ul class="incidents">${incidents.map((incident) => html`<li class="${incident.untilMs === null ? 'open' : 'over'}">${incidentLine(incident)}</li>`)}</ul>
</section>`;
}

/** Formats an incident: `03:04:05 to 03:04:09 UTC: replica 10.0.0.5:5000 was lost.` */
export function incidentLine({ kind, addresses, fromMs, untilMs }: Incident): string {
  const when = untilMs === null ? `Since ${clockTime(fromMs)}` : `${clockTime(fromMs)} to ${clockTime(untilMs)}`;
  const who = addresses.length === 1 ? `replica ${addresses[0]}` : countOf(addresses.length, 'replica');
  const verb = untilMs === null ? 'is' : 'was';
  return kind === 'lost' ? `${when} UTC: ${who} ${verb} lost.` : `${when} UTC: ${who} could not reach the database.`;
}
