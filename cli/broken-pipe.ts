/**
 * Keeps this process alive when nobody reads its output any more, as after `npm start | head`. Otherwise the next line would
 * crash it, and it could not stop the processes that it started.
 */
export function surviveBrokenPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
