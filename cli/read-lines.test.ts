import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readLines } from './read-lines.ts';

async function linesOf(...chunks: (string | number[])[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, (line) => lines.push(line.toString('latin1')));
  for (const chunk of chunks) stream.write(Buffer.from(chunk as string));
  stream.end();
  await once(stream, 'end');
  return lines;
}

test.each([
  ['several lines in a chunk, and an empty one', ['a\n\nb\n'], ['a', '', 'b']],
  ['a line in several chunks', ['a', 'b', 'c\nd\n'], ['abc', 'd']],
  ['a last line without a line end', ['a\nb'], ['a', 'b']],
  ['no other line ends than \\n', ['a\rb\n'], ['a\rb']],
  ['bytes that are no text', [[0x61, 0xff], [0x0a]], ['a\xff']],
])('%s', async (_what, chunks, lines) => {
  expect(await linesOf(...chunks)).toEqual(lines);
});
