import type { Readable } from 'node:stream';

/**
 * Calls `onLine` for each line that a process prints. Lines end only at `\n` and stay bytes: a decoder would replace
 * bytes that are no text, and `readline` recognises other line ends, too.
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
