import { pino } from 'pino';

/** A pipe accepts this much in one piece, so that lines of several processes do not mix (POSIX `PIPE_BUF`, Linux' value). */
const PIECE_BYTES = 4096;

let standardOutput: ((line: string) => void) | undefined;

/** Returns the process' one writer of lines to standard output. */
export function getStdoutWriter(): (line: string) => void {
  standardOutput ??= createStdoutWriter();
  return standardOutput;
}

/**
 * Batches the lines of one event-loop turn into one write, because a write per line is a good part of the cost of a visit.
 * The rest is written when the process exits. Writes are synchronous: asynchronous ones would be lost at exit.
 */
function createStdoutWriter(): (line: string) => void {
  const output = pino.destination({ sync: true, minLength: PIECE_BYTES - 1, maxWrite: PIECE_BYTES });
  let isDue = false;

  function writeWaiting(): void {
    isDue = false;
    output.flush();
  }
  process.on('exit', writeWaiting);

  return (line) => {
    output.write(line);
    if (isDue) return;
    isDue = true;
    setImmediate(writeWaiting);
  };
}
