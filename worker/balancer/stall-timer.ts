/** Fires when the next step of a stream takes too long. */
export interface StallTimer {
  /** Waits for the next step, in place of the step before. With Infinity it may take any time. */
  expect(withinMs: number): void;
  stop(): void;
}

/** Creates a timer that is moved at every step. Moving it costs an assignment: it looks at the time only when it has fired. */
export function createStallTimer(onStall: () => void): StallTimer {
  let isPaused = true;
  let stepMs = 0;
  let dueMs = 0;
  let firesAtMs = Number.POSITIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function start(delayMs: number): void {
    end();
    firesAtMs = Date.now() + delayMs;
    timer = setTimeout(look, delayMs);
  }

  function end(): void {
    if (timer !== undefined) clearTimeout(timer);
  }

  function look(): void {
    firesAtMs = Number.POSITIVE_INFINITY;
    if (isPaused) return;
    // No longer than the step may take, if the clock was set back.
    const leftMs = Math.min(dueMs - Date.now(), stepMs);
    if (leftMs > 0) start(leftMs);
    else onStall();
  }

  return {
    expect(withinMs) {
      isPaused = withinMs === Number.POSITIVE_INFINITY;
      stepMs = withinMs;
      dueMs = Date.now() + withinMs;
      if (dueMs < firesAtMs) start(withinMs);
    },
    stop() {
      isPaused = true;
      end();
    },
  };
}
