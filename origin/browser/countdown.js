/**
 * Counts the mooring's time down, second by second, by the wall clock: a computer that slept has not stopped it.
 *
 * @param {{ remaining: HTMLElement, hawser: HTMLElement, idleMs: number, onEnd: () => void }} options
 */
export function createCountdown({ remaining, hawser, idleMs, onEnd }) {
  let endMs = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  function show() {
    const leftSeconds = Math.max(0, Math.ceil((endMs - Date.now()) / 1000));
    remaining.textContent = `${Math.floor(leftSeconds / 60)}:${`${leftSeconds % 60}`.padStart(2, '0')}`;
    /** @type {HTMLProgressElement} */ (hawser).value = leftSeconds;
    if (leftSeconds > 0) return;
    clearInterval(timer);
    onEnd();
  }

  function stop() {
    clearInterval(timer);
    endMs = 0;
    remaining.textContent = '0:00';
    /** @type {HTMLProgressElement} */ (hawser).value = 0;
  }

  return {
    start() {
      clearInterval(timer);
      remaining.hidden = false;
      hawser.hidden = false;
      endMs = Date.now() + idleMs;
      show();
      timer = setInterval(show, 250);
    },
    stop,
  };
}
