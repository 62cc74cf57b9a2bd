import { createCountdown } from './countdown.js';
import { createVisitLog, flagsOf } from './visit-log.js';

const page = /** @type {HTMLElement} */ (document.querySelector('[data-visit]'));
const idleMs = Number(page.dataset.idleSeconds) * 1000;
const countdown = createCountdown({ remaining: field('remaining'), hawser: field('hawser'), idleMs, onEnd: showEnd });
const log = createVisitLog(field('log'), field('source'), renew);

/** @param {string} name */
function field(name) {
  return /** @type {HTMLElement} */ (document.querySelector(`[data-field="${name}"]`));
}

/**
 * @param {string} name
 * @param {string} text
 */
function write(name, text) {
  field(name).textContent = text;
}

/** @param {string} affinity */
function wordsFor(affinity) {
  return document.querySelector(`[data-words="${CSS.escape(affinity)}"]`)?.textContent ?? '';
}

/** @param {'moored' | 'ended'} state */
function showMooring(state) {
  page.dataset.mooring = state;
  const isMoored = state === 'moored';
  write('mooring', isMoored ? 'Each visit starts the five minutes again.' : 'Any replica may answer the next visit.');
  const letGo = /** @type {HTMLButtonElement} */ (document.querySelector('[data-form="let-go"] button'));
  // Not `disabled`: it would take the focus away from the button that was just pressed.
  letGo.setAttribute('aria-disabled', `${!isMoored}`);
}

function showEnd() {
  showMooring('ended');
  write('heading', 'The mooring has ended at');
  write('notice', 'Five minutes have passed without a visit: the mooring has ended.');
}

/**
 * @param {VisitAnswer} answer
 */
function showVisit({ visit: number, server, affinity, requestId, session }) {
  const shownNumber = number.toLocaleString('en-US');
  document.title = document.title.replace(/[\d,]+/, shownNumber);
  write('number', shownNumber);
  write('heading', affinity === 'takeover' ? 'Answered by' : 'Moored at');
  field('replica').replaceChildren(log.replicaName(server));
  field('label').replaceChildren(log.verdictLabel(affinity));
  write('words', wordsFor(affinity));
  write('sid', server.sid);
  write('requestId', requestId);
  write('notice', `Visit ${shownNumber}, ${affinity}, answered by ${server.address}.`);
  for (const [index, use] of [...page.querySelectorAll('[data-hoist] use')].entries()) {
    use.setAttribute('href', `#flag-${flagsOf(server.sid)[index] ?? ''}`);
  }
  if (session) log.show(session);
  renew();
}

/** Restarts the countdown. It counts from now by the browser's clock, because the server's clock may differ. */
function renew() {
  countdown.start();
  showMooring('moored');
}

/**
 * @param {string} path
 * @param {RequestInit} init
 */
async function ask(path, init) {
  const response = await fetch(path, { ...init, cache: 'no-store', headers: { Accept: 'application/json' } });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error.message);
  return answer;
}

const actions = {
  async visit() {
    showVisit(await ask('/', {}));
  },
  async 'let-go'() {
    if (page.dataset.mooring === 'ended') return;
    await ask('/let-go', { method: 'POST' });
    countdown.stop();
    showMooring('ended');
    write('heading', 'Not moored, last at');
    write('notice', 'You have let go: you are not moored until the next visit.');
  },
};

let isBusy = false;

for (const [name, act] of Object.entries(actions)) {
  document.querySelector(`[data-form="${name}"]`)?.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    try {
      await act();
    } catch (error) {
      const isAnswer = error instanceof Error && !(error instanceof TypeError) && !(error instanceof SyntaxError);
      write('notice', isAnswer ? error.message : 'There was no answer. Please try again in a moment.');
    } finally {
      isBusy = false;
    }
  });
}

renew();
