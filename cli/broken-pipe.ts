/**
 * Lets this process go on when nobody reads its output any more, as after `npm start | head`: the next line would crash it, and
 * it could not stop what it has started.
 */
export function surviveBrokenPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
