import type { Random } from '../../testkit/random.ts';
import { FORGED_ID, FORGED_IP, type Input, requestText, sends } from '../input.ts';

/** Content of a body whose end a front and a replica may see differently. As a request it would forge its client. */
const HIDDEN = requestText({
  line: 'GET / HTTP/1.1',
  headers: [`X-Real-IP: ${FORGED_IP}`, `X-Forwarded-For: ${FORGED_IP}`, `X-Request-ID: ${FORGED_ID}`],
});

const LENGTHS = (length: number) => [
  ...[`${length}`, `${length}`, `0`, `+${length}`, `-${length}`, `0${length}`, ` ${length} `, `${length}.0`, '0x10'],
  ...[`${length},${length}`, `${length}, 0`, '', 'x', '9'.repeat(25), '18446744073709551617', `${length}\u0000`, '1e2'],
];
const CODINGS = [
  ...['chunked', 'chunked', 'Chunked', 'CHUNKED', ' chunked ', 'chunked\t', '\u000bchunked', 'xchunked', 'chunked, x'],
  ...['identity', 'gzip', 'gzip, chunked', 'chunked, chunked', 'chunked, identity', '', ',chunked', 'chunked;q=1'],
  ...['"chunked"', 'chunked\u0000', 'chun\r\n ked', '\r\n chunked'],
];
const LENGTH_NAMES = ['Content-Length', 'Content-Length', 'content-length', 'Content-Length ', 'Content_Length'];
const CODING_NAMES = [
  ...['Transfer-Encoding', 'Transfer-Encoding', 'transfer-encoding', 'Transfer-Encoding ', 'Transfer_Encoding'],
  ...[' Transfer-Encoding', 'X: y\nTransfer-Encoding', 'X: y\rTransfer-Encoding', 'Transfer-Encoding\u0000'],
];
const METHODS = ['POST', 'POST', 'GET', 'PUT', 'HEAD', 'DELETE', 'OPTIONS'];
const BAD_SIZES = ['0x5', '5;x', '5 ', ' 5', '+5', '-1', '', 'g', '5;a="\r\n"', 'ffffffffffffffff1', '5\u0000', '05'];

/** Generates bodies whose length is given twice, wrongly or in unusual spelling, which is how requests are smuggled. */
export function framing(random: Random): Input {
  const path = random.chance(0.6) ? '/' : '/let-go';
  const body = random.pick([HIDDEN, chunks(random) + HIDDEN, chunks(random), `0\r\n\r\n${HIDDEN}`, '']);
  const lengthLine = () => `${random.pick(LENGTH_NAMES)}: ${random.pick(LENGTHS(body.length))}`;
  const codingLine = () => `${random.pick(CODING_NAMES)}: ${random.pick(CODINGS)}`;
  const lines = random.pick([
    () => [lengthLine()],
    () => [codingLine()],
    () => [lengthLine(), codingLine()],
    () => [codingLine(), lengthLine()],
    () => [lengthLine(), lengthLine()],
    () => [codingLine(), codingLine()],
    () => [codingLine(), 'Trailer: X-Real-IP', lengthLine(), 'TE: trailers'],
    () => [lengthLine(), 'Expect: 100-continue'],
    () => ['Connection: Content-Length, Transfer-Encoding', lengthLine(), codingLine()],
  ])();
  const line = `${random.pick(METHODS)} ${path} ${random.chance(0.9) ? 'HTTP/1.1' : 'HTTP/1.0'}`;
  const lineEnd = random.chance(0.95) ? '\r\n' : '\n';
  const after = random.chance(0.5) ? requestText({ line: 'GET /showcount HTTP/1.1' }) : '';
  return { kind: 'framing', steps: [sends(requestText({ line, headers: lines, body, lineEnd }) + after)] };
}

function chunks(random: Random): string {
  const size = random.int(0, 20);
  const sizeWord = random.chance(0.6) ? size.toString(16) : random.pick(BAD_SIZES);
  const lineEnd = random.chance(0.9) ? '\r\n' : random.pick(['\n', '\r', '', '\r\r\n']);
  const trailer = random.chance(0.2) ? `X-Real-IP: ${FORGED_IP}\r\nContent-Length: 5\r\n` : '';
  return `${sizeWord}${lineEnd}${'c'.repeat(size)}${lineEnd}0${lineEnd}${trailer}${lineEnd}`;
}
