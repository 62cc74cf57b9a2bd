/** Work that is repeated until it is stopped. */
export interface BackgroundLoop {
  start(): void;
  /** Ends the pauses of the work, and waits until it has finished. */
  stop(): Promise<void>;
}

/** @param turn does the work once, with its pauses. Must not fail. Its signal is aborted when the loop is stopped */
export function createBackgroundLoop(turn: (signal: AbortSignal) => Promise<void>): BackgroundLoop {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    while (!signal.aborted) await turn(signal);
  }

  return {
    start() {
      running = run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
