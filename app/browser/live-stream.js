/** Pause before reconnecting after the browser has given up on a stream. */
const PAUSE_MS = 1000;
/** Shorter interruptions are not shown: streams end regularly, and may continue at another replica. */
const WAITING_AFTER_MS = 1500;
/** Shorter interruptions are not announced. */
const LOST_AFTER_MS = 3000;
/** The server sends an event every five seconds at least. */
const SILENT_AFTER_MS = 12_000;

/**
 * Follows a stream of server-sent events. It reconnects also where the browser gives up: after a response that is no event
 * stream, and when the stream is silent.
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
