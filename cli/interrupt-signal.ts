import { UserError } from '../app/lib/user-error.ts';
import { onStopSignals } from './stop-signals.ts';

/** The user interrupted the program. */
export class InterruptedError extends UserError {
  override name = 'InterruptedError';
}

/** Returns a signal that aborts with an `InterruptedError` when this process is asked to stop. */
export function interruptSignal(message: string): AbortSignal {
  const interrupt = new AbortController();
  onStopSignals({ stop: () => interrupt.abort(new InterruptedError(message)) });
  return interrupt.signal;
}
