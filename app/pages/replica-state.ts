import { html } from 'hono/html';
import type { ReplicaView } from '../replicas/snapshot.ts';
import type { Html } from './html.ts';

type ReplicaStatus = Pick<ReplicaView, 'state' | 'isLost'>;

type StateWord = 'ready' | 'draining' | 'stopped' | 'lost' | 'unknown';

/** Returns the state of a replica in one word. `lost` means gone without a last report, for example killed. */
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

/** Whether a replica's last report still holds. */
export function isCurrent({ state }: ReplicaStatus): boolean {
  return state === 'ready' || state === 'draining';
}

/** Renders the state as a label with icon, colour and word. */
export function stateLabel(standing: ReplicaStatus): Html {
  const word = statusName(standing);
  // `unknown` shares the icon of `stopped`, because the page must stay small and both mean that nothing is known now.
  const sign = word === 'unknown' ? 'stopped' : word;
  return html`<span class="state ${word}"><svg aria-hidden="true"><use href="#state-${sign}"/></svg>${WORDS[word]}</span>`;
}
