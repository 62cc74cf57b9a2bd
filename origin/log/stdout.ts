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
 * Lines of one turn of the event loop are written together at its end, because a write for each is a good part of what a visit
 * costs; at the process's exit none is left behind. A write is done when the process goes on: those under way would be
 * overtaken at the exit.
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
