import type { Readable } from 'node:stream';

/**
 * Takes what a process prints, line by line at `\n` alone and byte by byte: a decoder would put something else in place of
 * what is no text, and readers of lines know more ends than that.
 */
export function takeLines(stream: Readable, onLine: (line: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer | string) => {
    rest = Buffer.concat([rest, Buffer.from(chunk as string)]);
    let begin = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', begin)) {
      onLine(rest.subarray(begin, end));
      begin = end + 1;
    }
    rest = rest.subarray(begin);
  });
}
