/** Two signals within this time count as one Ctrl-C: the terminal sends it to npm and to its script, and npm passes it on. */
const SAME_SIGNAL_MS = 500;

export interface StopSignalsOptions {
  /** Stops cleanly; called once. */
  stop: (reason: string) => void;
  /** Stops at once, on a second signal: the user does not want to wait. By default it exits with code 1. */
  force?: () => void;
}

/** Calls `stop` on SIGTERM, on SIGINT, and when the parent process at the other end of the IPC channel has ended. */
export function onStopSignals({ stop, force = () => process.exit(1) }: StopSignalsOptions): void {
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
  // When its supervisor dies, this process must not live on as an orphan.
  process.on('disconnect', () => ask('the supervisor exited'));
}
