import { html } from 'hono/html';
import type { Html } from './html.ts';
import { callSign } from './replica-name.ts';

/**
 * Draws a boat at a quay that flies the replica's flags. The rope is shown while the client is moored. Sea and quay extend
 * beyond the view box, so that the drawing fills a frame of any shape.
 */
export function harbourScene(sid: string): Html {
  const [upper = '', lower = ''] = callSign(sid);
  return html`<svg class="scene" viewBox="0 0 440 240" preserveAspectRatio="xMidYMax meet" aria-hidden="true">
<circle class="sun" cx="96" cy="62" r="28"/>
<path class="gull" d="M226 40q7-8 12 0 5-8 12 0M262 62q5-6 9 0 4-6 9 0"/>
<path class="far" d="M-800 160V144l60-14 90 16 120-30 80 22 110-26 100 30 90-18 60 20 96-8 34-19 26 11 44-24 62 34h130l34-14 80 10 120-30 100 20 200-18V160z"/>
<path class="sea" d="M-800 157H1300v120H-800z"/>
<path class="wave" d="M-760 166h60M-520 170h40M-330 165h70M-160 170h40M20 168h34M286 166h30M-600 182h50M-220 186h60M-60 190h36"/>
<g class="boat">
<path class="mast" d="M178 42v96"/>
<path class="pennant" d="M178 44l-32 8 32 8z"/>
<path class="sail" d="M184 54c32 18 50 46 54 76h-54z"/>
<path class="cabin" d="M110 116h54l9 24H104z"/>
<circle class="porthole" cx="126" cy="128" r="4.5"/><circle class="porthole" cx="143" cy="128" r="4.5"/><circle class="porthole" cx="160" cy="128" r="4.5"/>
<path class="hull" d="M80 138h190c-6 27-18 46-34 50H122c-22-4-36-22-42-50z"/>
<path class="stripe" d="M83 149h184l-3 8H86z"/>
</g>
<path class="swell" d="M-800 174${'c20 0 20 9 40 9s20-9 40-9'.repeat(15)}V280H-800z"/>
<path class="wave" d="M-780 198${'c20 0 20 8 40 8s20-8 40-8'.repeat(15)}M-765 222${'c16 0 16 6 32 6s16-6 32-6'.repeat(18)}"/>
<g>
<path class="mast" d="M388 22v104"/>
<g data-hoist transform="translate(388 26) scale(1.83)"><use href="#flag-${upper}"/><use href="#flag-${lower}" y="21"/></g>
<path class="stone" d="M334 130h966v150H352l-12-120z"/>
<path class="coping" d="M328 122h972v13H328z"/>
<path class="joint" d="M341 160h959M344 188h956M346 216h954M372 135v25M412 135v25M452 135v25M388 160v28M432 160v28M362 188v28M410 188v28M470 188v28M384 216v24M440 216v24"/>
<path class="bollard" d="M346 122v-10c-5-1-6-9 0-10h16c6 1 5 9 0 10v10z"/>
</g>
<path class="rope" d="M264 142C290 178 322 152 349 114"/>
</svg>`;
}
