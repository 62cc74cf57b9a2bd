import { html } from 'hono/html';
import type { Snapshot } from '../dashboard/snapshot.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';

/** The dashboard as it is at one moment; with JavaScript it goes on by itself. */
export function dashboardPage(snapshot: Snapshot): Html {
  return layout({ title: 'Dashboard · Mooring', main: html`<div id="content">${dashboardContent(snapshot)}</div>` });
}

/** What of the page changes. */
export function dashboardContent(snapshot: Snapshot): Html {
  return html`<p>${snapshot.count} visits</p>`;
}
