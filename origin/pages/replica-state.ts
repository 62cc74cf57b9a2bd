import { html } from 'hono/html';
import type { ReplicaView } from '../dashboard/snapshot.ts';
import type { Html } from './html.ts';

type Standing = Pick<ReplicaView, 'state' | 'isLost'>;

/** How a replica stands, in a word: `lost` is gone without a word, as one that was killed. */
export function stateWord({ state, isLost }: Standing): 'ready' | 'draining' | 'stopped' | 'lost' {
  if (state !== 'gone') return state;
  return isLost ? 'lost' : 'stopped';
}

const WORDS = { ready: 'ready', draining: 'draining', stopped: 'gone, stopped', lost: 'gone, lost' } as const;

/** The same as a label: sign, colour and word go together. */
export function stateLabel(standing: Standing): Html {
  const word = stateWord(standing);
  return html`<span class="state ${word}"><svg aria-hidden="true"><use href="#state-${word}"/></svg>${WORDS[word]}</span>`;
}
