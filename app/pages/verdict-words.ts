import { html } from 'hono/html';
import type { AffinityVerdict } from '../affinity/verdict.ts';
import type { Html } from './html.ts';

/** Explains each verdict to the client that got it. */
export const VERDICT_WORDS: Readonly<Record<AffinityVerdict, string>> = {
  new: 'You came without a mooring: the replica with the fewest requests took you in.',
  hit: 'You are back at the replica that you are moored to.',
  moved: 'The replica you were moored to did not answer. This one did, and you are moored here now.',
  invalid: 'Your cookie named no replica, so you were moored again.',
  takeover: 'No replica could answer, so the edge did. Your mooring is as it was.',
};

/** Renders a verdict as a label; its class sets the colour. */
export function verdictLabel(verdict: AffinityVerdict): Html {
  return html`<span class="verdict ${verdict}">${verdict}</span>`;
}

/** Renders all verdicts with their meaning. The visit page's script reads the texts from here. */
export function verdictGlossary(): Html {
  const entries = Object.entries(VERDICT_WORDS) as [AffinityVerdict, string][];
  return html`<details class="glossary">
<summary>What the verdicts mean</summary>
<dl>${entries.map(([verdict, words]) => html`<div><dt>${verdictLabel(verdict)}</dt><dd data-words="${verdict}">${words}</dd></div>`)}</dl>
</details>`;
}
