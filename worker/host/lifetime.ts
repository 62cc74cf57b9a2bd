import { onStopSignals } from '../../cli/stop-signals.ts';
import type { EdgeProcess } from './workerd.ts';

/**
 * Ends this process together with its edge: cleanly after a stop signal, and at once when the edge ends by itself.
 *
 * @param onClosed called when the edge has stopped cleanly
 */
export function endWithEdge(edge: EdgeProcess, onClosed: () => void = () => {}): void {
  let isStopping = false;
  onStopSignals({
    async stop() {
      isStopping = true;
      await edge.close();
      onClosed();
      process.exit(0);
    },
  });
  void edge.exited.then(() => {
    // Exit, so that the supervisor restarts this process.
    if (!isStopping) process.exit(1);
  });
}
