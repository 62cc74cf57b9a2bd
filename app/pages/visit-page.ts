import { html } from 'hono/html';
import { AFFINITY_IDLE_TIMEOUT_SECONDS } from '../affinity/cookie.ts';
import type { AffinityVerdict } from '../affinity/verdict.ts';
import type { DeepReadonly } from '../lib/freeze.ts';
import { harbourScene } from './harbour-scene.ts';
import type { Html } from './html.ts';
import { layout, type PageContext } from './layout.ts';
import { replicaName } from './replica-name.ts';
import { VERDICT_WORDS, verdictGlossary, verdictLabel } from './verdict-words.ts';
import { clockTime, wholeNumber } from './words.ts';

/** A visit as the list of a client's last visits has it. */
export interface LastVisit {
  number: number;
  timeMs: number;
  affinity: AffinityVerdict;
  address: string;
  sid: string;
}

/** The client's last visits, the latest first, and where the replica found the ones before. */
export interface LastVisits {
  /** `nowhere`: the session begins with this visit. `failed`: the session could not be read or written. */
  readFrom: 'memory' | 'database' | 'nowhere' | 'failed';
  list: DeepReadonly<LastVisit[]>;
}

/** The part of a visit that its page shows. */
export interface ShownVisit {
  number: number;
  timeMs: number;
  affinity: AffinityVerdict;
  requestId: string;
  server: { ip: string; address: string; sid: string };
  session: LastVisits | undefined;
}

export function visitPage(visit: ShownVisit, context: PageContext): Html {
  return layout({
    ...context,
    title: `Visit ${wholeNumber(visit.number)} · Mooring`,
    here: 'visit',
    styles: ['visit.css'],
    module: 'visit.js',
    main: html`${berth(visit)}
<div class="pair">
${mooring(visit)}
${visitLog(visit)}
</div>`,
  });
}

/** Renders who answered. The page's script updates the `data-field` elements. */
function berth({ number, affinity, requestId, server }: ShownVisit): Html {
  return html`<section class="card berth" data-visit data-idle-seconds="${AFFINITY_IDLE_TIMEOUT_SECONDS}">
<div class="berth-words">
<p class="eyebrow">Visit <span data-field="number">${wholeNumber(number)}</span></p>
<h1><span data-field="heading">${affinity === 'takeover' ? 'Answered by' : 'Moored at'}</span> <span data-field="replica">${replicaName(server)}</span></h1>
<p class="lead"><span data-field="label">${verdictLabel(affinity)}</span><span data-field="words">${VERDICT_WORDS[affinity]}</span></p>
<div class="actions">
<form action="/" method="get" data-form="visit"><button class="primary">Visit again</button></form>
<form action="/let-go" method="post" data-form="let-go"><button>Let go of the mooring</button></form>
</div>
<p class="notice" role="status" data-field="notice"></p>
<dl class="facts">
<div><dt>Server id</dt><dd class="id" data-field="sid">${server.sid}</dd></div>
<div><dt>Request id</dt><dd class="id" data-field="requestId">${requestId}</dd></div>
</dl>
${verdictGlossary()}
</div>
${harbourScene(server.sid)}
</section>`;
}

function mooring({ timeMs }: ShownVisit): Html {
  const endMs = timeMs + AFFINITY_IDLE_TIMEOUT_SECONDS * 1000;
  return html`<section class="card mooring" aria-labelledby="mooring-title">
<h2 id="mooring-title">Time left</h2>
<p class="remaining" role="timer" aria-labelledby="mooring-title" data-field="remaining" hidden></p>
<progress class="hawser" max="${AFFINITY_IDLE_TIMEOUT_SECONDS}" value="${AFFINITY_IDLE_TIMEOUT_SECONDS}" aria-labelledby="mooring-title" data-field="hawser" hidden></progress>
<p data-field="mooring">The mooring lasts five minutes from the last visit: until ${clockTime(endMs)} UTC. Each visit starts the five minutes again.</p>
</section>`;
}

/** Renders the list from the session. The page's script renders it again after each visit. */
function visitLog({ session, affinity }: ShownVisit): Html {
  const { readFrom = 'failed', list = [] } = session ?? {};
  return html`<section class="card visits" aria-labelledby="visits-title">
<h2 id="visits-title">Your last visits</h2>
<p data-field="source">${sessionSource(readFrom, affinity)}</p>
<table data-field="log">
<thead><tr><th scope="col">Visit</th><th scope="col">Replica</th><th scope="col">Verdict</th><th scope="col">Time</th></tr></thead>
<tbody>${list.map(visitRow)}</tbody>
</table>
</section>`;
}

function visitRow({ number, timeMs, affinity, address, sid }: DeepReadonly<LastVisit>): Html {
  const time = html`<time datetime="${new Date(timeMs).toISOString()}">${clockTime(timeMs)} UTC</time>`;
  return html`<tr><td>${wholeNumber(number)}</td><td>${replicaName({ address, sid })}</td><td>${verdictLabel(affinity)}</td><td>${time}</td></tr>`;
}

/** Says where the client's state was read, and why there. */
export function sessionSource(readFrom: LastVisits['readFrom'], affinity: AffinityVerdict): string {
  if (readFrom === 'memory') return "Read from this replica's memory.";
  if (readFrom === 'nowhere') return 'Your session begins with this visit.';
  if (readFrom === 'failed') return 'The visit is counted, but your session could not be used now.';
  if (affinity === 'moved') return 'Read from the database, because you moved to this replica.';
  if (affinity === 'takeover') return 'Read from the database, because no replica could answer.';
  return 'Read from the database, because this replica did not have it in memory.';
}
