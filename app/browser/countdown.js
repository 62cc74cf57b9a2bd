/**
 * Counts down the time until the client's affinity ends, once a second. Of two clocks it uses the one that has advanced
 * further: the wall clock can be set back, and the monotonic clock may stop while the computer sleeps.
 *
 * @param {{ remaining: HTMLElement, hawser: HTMLElement, idleMs: number, onEnd: () => void }} options
 */
export function createCountdown({ remaining, hawser, idleMs, onEnd }) {
  let startTimeMs = 0;
  let startMs = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  function show() {
    const passedMs = Math.max(Date.now() - startTimeMs, performance.now() - startMs);
    const leftSeconds = Math.max(0, Math.ceil((idleMs - passedMs) / 1000));
    remaining.textContent = `${Math.floor(leftSeconds / 60)}:${`${leftSeconds % 60}`.padStart(2, '0')}`;
    /** @type {HTMLProgressElement} */ (hawser).value = leftSeconds;
    if (leftSeconds > 0) return;
    clearInterval(timer);
    onEnd();
  }

  function stop() {
    clearInterval(timer);
    remaining.textContent = '0:00';
    /** @type {HTMLProgressElement} */ (hawser).value = 0;
  }

  return {
    start() {
      clearInterval(timer);
      remaining.hidden = false;
      hawser.hidden = false;
      startTimeMs = Date.now();
      startMs = performance.now();
      show();
      timer = setInterval(show, 250);
    },
    stop,
  };
}
