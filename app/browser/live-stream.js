/** How long after it failed a stream is asked for again. */
const PAUSE_MS = 1000;
/** Streams end now and then and go on, at another replica where theirs is gone: so short an interruption is not shown, … */
const WAITING_AFTER_MS = 1500;
/** … and nobody is told of this one. */
const LOST_AFTER_MS = 3000;
/** There is news at least each five seconds; a stream that says nothing for so long is dead. */
const SILENT_AFTER_MS = 12_000;

/**
 * Follows a stream of events for as long as the page is there. A browser comes back by itself when a stream ends, but gives up
 * when it is answered anything but a stream; then, and when nothing comes any more, a new one is made.
 *
 * @param {string} url
 * @param {StreamListener} listener
 */
export function followStream(url, { onSnapshot, onUnavailable, onWaiting, onLost, onBack }) {
  /** @type {EventSource} */
  let source;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let silence;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let loss;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  let isLost = false;

  function heard() {
    clearTimeout(silence);
    silence = setTimeout(restart, SILENT_AFTER_MS);
    clearTimeout(waiting);
    clearTimeout(loss);
    waiting = loss = undefined;
    if (isLost) onBack();
    isLost = false;
  }

  function interrupted() {
    waiting ??= setTimeout(onWaiting, WAITING_AFTER_MS);
    loss ??= setTimeout(() => {
      isLost = true;
      onLost();
    }, LOST_AFTER_MS);
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(silence);
    silence = setTimeout(start, PAUSE_MS);
  }

  function restart() {
    source.close();
    interrupted();
  }

  function start() {
    source = new EventSource(url);
    source.addEventListener('error', interrupted);
    source.addEventListener('snapshot', ({ data }) => {
      heard();
      onSnapshot(JSON.parse(data));
    });
    source.addEventListener('unavailable', ({ data }) => {
      heard();
      onUnavailable(JSON.parse(data));
    });
  }

  start();
}
