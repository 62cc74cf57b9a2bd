import { html } from 'hono/html';
import type { AffinityVerdict } from '../affinity-verdict.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';

/** A visit as its page shows it. */
export interface ShownVisit {
  number: number;
  timeMs: number;
  affinity: AffinityVerdict;
  requestId: string;
  server: { ip: string; address: string; sid: string };
}

/** What a browser is answered for a visit. */
export function visitPage({ number, server }: ShownVisit): Html {
  return layout({ title: 'Mooring', main: html`<h1>Visit ${number}</h1><p>${server.address}</p>` });
}
