import { html } from 'hono/html';
import type { AffinityVerdict } from '../affinity/verdict.ts';
import type { Html } from './html.ts';

/** What each verdict means for the one it is about. */
export const VERDICT_WORDS: Readonly<Record<AffinityVerdict, string>> = {
  new: 'You came without a mooring: the replica with the fewest requests took you in.',
  hit: 'You are back at the replica that you are moored to.',
  moved: 'The replica you were moored to did not answer. This one did, and you are moored here now.',
  invalid: 'Your cookie named no replica, so you were moored afresh.',
  takeover: 'No replica could answer, so the edge did. Your mooring is as it was.',
};

/** A verdict as a label; `word` and colour go together. */
export function verdictLabel(verdict: AffinityVerdict): Html {
  return html`<span class="verdict ${verdict}">${verdict}</span>`;
}

/** All verdicts and what they mean; the script of the visit page takes its words from here. */
export function verdictGlossary(): Html {
  const entries = Object.entries(VERDICT_WORDS) as [AffinityVerdict, string][];
  return html`<details class="glossary">
<summary>What the verdicts mean</summary>
<dl>${entries.map(([verdict, words]) => html`<div><dt>${verdictLabel(verdict)}</dt><dd data-words="${verdict}">${words}</dd></div>`)}</dl>
</details>`;
}
