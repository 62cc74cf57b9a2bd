import { onStopSignals } from '../../cli/stop-signals.ts';
import type { EdgeProcess } from './workerd.ts';

/** Ends this process with its edge: in good order when it is asked to, and at once when the edge ends by itself. */
export function endWithEdge(edge: EdgeProcess): void {
  let isStopping = false;
  onStopSignals({
    async stop() {
      isStopping = true;
      await edge.close();
      process.exit(0);
    },
    force: () => process.exit(1),
  });
  void edge.exited.then(() => {
    // Whoever started this process starts it again.
    if (!isStopping) process.exit(1);
  });
}
