import { html } from 'hono/html';
import { AFFINITY_IDLE_TIMEOUT_SECONDS } from '../affinity/cookie.ts';
import type { AffinityVerdict } from '../affinity/verdict.ts';
import { harbourScene } from './harbour-scene.ts';
import type { Html } from './html.ts';
import { layout, type PageContext } from './layout.ts';
import { replicaName } from './replica-name.ts';
import { VERDICT_WORDS, verdictGlossary, verdictLabel } from './verdict-words.ts';
import { clockTime, wholeNumber } from './words.ts';

/** The part of a visit that its page shows. */
export interface ShownVisit {
  number: number;
  timeMs: number;
  affinity: AffinityVerdict;
  requestId: string;
  server: { ip: string; address: string; sid: string };
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
${visitLog()}
</div>`,
  });
}

/** Renders who answered. The page's script updates the `data-field` elements and starts from `data-visit`. */
function berth({ number, timeMs, affinity, requestId, server }: ShownVisit): Html {
  const visit = JSON.stringify({ number, timeMs, affinity, address: server.address, sid: server.sid });
  return html`<section class="card berth" data-visit="${visit}" data-idle-seconds="${AFFINITY_IDLE_TIMEOUT_SECONDS}">
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

function visitLog(): Html {
  return html`<section class="card visits" aria-labelledby="visits-title">
<h2 id="visits-title">Last visits of this browser</h2>
<noscript><p>This list is kept in the browser, by a script.</p></noscript>
<table data-field="log" hidden>
<thead><tr><th scope="col">Visit</th><th scope="col">Replica</th><th scope="col">Verdict</th><th scope="col">Time</th></tr></thead>
<tbody></tbody>
</table>
</section>`;
}
