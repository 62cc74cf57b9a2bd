import { html } from 'hono/html';
import type { ReplicaView } from '../replicas/snapshot.ts';
import type { Html } from './html.ts';

type ReplicaStatus = Pick<ReplicaView, 'state' | 'isLost'>;

type StateWord = 'ready' | 'draining' | 'stopped' | 'lost' | 'unknown';

/** The state of a replica in a word: `lost` is one that disappeared without a last report, as one that was killed does. */
export function statusName({ state, isLost }: ReplicaStatus): StateWord {
  if (state !== 'gone') return state;
  return isLost ? 'lost' : 'stopped';
}

const WORDS: Readonly<Record<StateWord, string>> = {
  ready: 'ready',
  draining: 'draining',
  stopped: 'gone, stopped',
  lost: 'gone, lost',
  unknown: 'unknown',
};

/** Whether what a replica last reported is how it is now. */
export function isCurrent({ state }: ReplicaStatus): boolean {
  return state === 'ready' || state === 'draining';
}

/** The same as a label: sign, colour and word go together. */
export function stateLabel(standing: ReplicaStatus): Html {
  const word = statusName(standing);
  // The page has to stay small, and nothing is known of a stopped one either.
  const sign = word === 'unknown' ? 'stopped' : word;
  return html`<span class="state ${word}"><svg aria-hidden="true"><use href="#state-${sign}"/></svg>${WORDS[word]}</span>`;
}
