import { html } from 'hono/html';
import type { Html } from './html.ts';

const FLAG = /[0-9a-f]/;

/**
 * Returns the keys of a replica's signal flags: the last two characters of its server id, where flags exist for them. The
 * flags help to tell replicas apart at a glance, and add nothing to the address.
 */
export function callSign(sid: string): string[] {
  return [...sid.slice(-2)].filter((character) => FLAG.test(character));
}

export function replicaName({ address, sid }: { address: string; sid: string }): Html {
  const flags = callSign(sid).map((flag, index) => html`<use href="#flag-${flag}"${index > 0 && html` x="27"`}/>`);
  return html`<span class="replica"><svg class="hoist" viewBox="0 0 51 18" aria-hidden="true">${flags}</svg>${address}</span>`;
}
