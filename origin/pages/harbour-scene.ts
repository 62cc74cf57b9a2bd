import { html } from 'hono/html';
import type { Html } from './html.ts';
import { callSign } from './replica-name.ts';

/** A boat at a quay that flies the replica's flags. Its rope is there as long as the mooring is. */
export function harbourScene(sid: string): Html {
  const [upper, lower] = callSign(sid);
  return html`<svg class="scene" viewBox="0 0 440 220" aria-hidden="true">
<circle class="sun" cx="92" cy="62" r="30"/>
<path class="far" d="M0 132h440M22 132l34-17 26 11 44-24 58 30M250 132l30-10 26 10"/>
<g class="quay">
<path class="mast" d="M386 22v104"/>
<g class="flags" data-hoist>
${upper && html`<svg class="flag" x="386" y="28" width="40" height="30"><use href="#flag-${upper}"/></svg>`}
${lower && html`<svg class="flag" x="386" y="64" width="40" height="30"><use href="#flag-${lower}"/></svg>`}
</g>
<path class="stone" d="M334 126h106v94h-94l-12-78z"/>
<path class="edge" d="M328 120h112v12H328z"/>
<path class="joint" d="M342 158h98M344 184h96M372 132v26M410 132v26M388 158v26M362 184v36M418 184v36"/>
<path class="bollard" d="M346 120v-10c-5-1-6-9 0-10h16c6 1 5 9 0 10v10z"/>
</g>
<path class="rope" d="M252 146C284 176 322 150 349 112"/>
<g class="boat">
<path class="mast" d="M178 44v92"/>
<path class="pennant" d="M178 46l-30 7 30 8z"/>
<path class="sail" d="M183 54c30 18 48 44 52 74h-52z"/>
<path class="cabin" d="M112 116h52l8 20h-66z"/>
<circle class="porthole" cx="126" cy="127" r="4"/><circle class="porthole" cx="142" cy="127" r="4"/><circle class="porthole" cx="158" cy="127" r="4"/>
<path class="hull" d="M82 136h186c-6 26-18 42-34 46H122c-22-4-34-20-40-46z"/>
<path class="stripe" d="M85 146h180l-3 8H88z"/>
</g>
<path class="sea" d="M0 168c20 0 20 9 40 9s20-9 40-9 20 9 40 9 20-9 40-9 20 9 40 9 20-9 40-9 20 9 40 9 20-9 40-9h20v52H0z"/>
<path class="wave" d="M0 186c20 0 20 8 40 8s20-8 40-8 20 8 40 8 20-8 40-8 20 8 40 8 20-8 40-8 20 8 40 8 20-8 40-8M30 208c16 0 16 6 32 6s16-6 32-6 16 6 32 6 16-6 32-6 16 6 32 6 16-6 32-6 16 6 32 6"/>
</svg>`;
}
