import type { Readable } from 'node:stream';

/**
 * Calls `onLine` for each line of a stream of bytes, and at its end for a last line without a line end. Lines end only at
 * `\n` and stay bytes: a decoder would replace bytes that are no text, and `node:readline` also splits at characters that a
 * log line may contain, such as U+2028.
 */
export function readLines(stream: Readable, onLine: (line: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    let begin = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', begin)) {
      onLine(rest.subarray(begin, end));
      begin = end + 1;
    }
    rest = rest.subarray(begin);
  });
  stream.on('end', () => {
    if (rest.length > 0) onLine(rest);
  });
}
