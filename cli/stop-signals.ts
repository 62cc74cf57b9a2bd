/** A Ctrl-C that comes twice within this time is one: npm passes on to its script what the terminal sent to both. */
const SAME_SIGNAL_MS = 500;

export interface StopSignalsOptions {
  /** Stops in good order; asked for once. */
  stop: (reason: string) => void;
  /** Stops at once: whoever asks again does not want to wait. */
  force: () => void;
}

/** Hands SIGTERM and SIGINT, and the end of the process that spawned this one with a channel, to `stop`. */
export function onStopSignals({ stop, force }: StopSignalsOptions): void {
  let askedAtMs: number | undefined;
  const ask = (reason: string) => {
    if (askedAtMs === undefined) {
      askedAtMs = performance.now();
      stop(reason);
    } else if (performance.now() - askedAtMs > SAME_SIGNAL_MS) {
      force();
    }
  };
  process.on('SIGTERM', ask);
  process.on('SIGINT', ask);
  // A supervisor that dies leaves no orphan.
  process.on('disconnect', () => ask('the supervisor is gone'));
}
