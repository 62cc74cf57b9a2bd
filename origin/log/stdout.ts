import { pino } from 'pino';

/** What a pipe takes in one piece, so that lines of several processes do not mix (POSIX `PIPE_BUF`, Linux' value). */
const PIECE_BYTES = 4096;

let standardOutput: ((line: string) => void) | undefined;

/** The way for lines to standard output, of which a process has one. */
export function getStdoutWriter(): (line: string) => void {
  standardOutput ??= createStdoutWriter();
  return standardOutput;
}

/**
 * Writes the lines of one turn of the event loop together at its end, because a write per line is a good part of the cost of a
 * visit. The exit of the process writes the rest. Writes are synchronous: asynchronous ones would be lost at the exit.
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
