import { html } from 'hono/html';
import type { Html } from './html.ts';

const FLAG = /[0-9a-f]/;

/**
 * The flags a replica flies: those of the last two characters of its server id, where there are flags for them. They help
 * to tell replicas apart at a glance, and say nothing that the address does not.
 */
export function callSign(sid: string): string[] {
  return [...sid.slice(-2)].filter((character) => FLAG.test(character));
}

/** A replica's flags and its address. */
export function replicaName({ address, sid }: { address: string; sid: string }): Html {
  return html`<span class="replica"><span class="hoist" aria-hidden="true">${callSign(sid).map(flag)}</span>${address}</span>`;
}

function flag(character: string): Html {
  return html`<svg class="flag"><use href="#flag-${character}"/></svg>`;
}
