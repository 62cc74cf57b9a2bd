import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../nginx/entrypoint/parts/error-log.awk', import.meta.url));
/** The line that comes each second. */
const SECOND = '';
/** A failure has ended when there was none for this long. */
const QUIET_SECONDS = 15;

/** Returns the lines that are left of an error log, without their times. */
function leftOf(lines: readonly string[]): string[] {
  const input = lines.map((line) => `${line && `2026/11/27 03:00:00 ${line}`}\n`).join('');
  const printed = execFileSync('awk', ['-f', PROGRAM], { input, encoding: 'utf8' });
  return printed
    .split('\n')
    .filter(Boolean)
    .map((line) => line.replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /, ''));
}

const quietSeconds = (count = QUIET_SECONDS) => Array<string>(count).fill(SECOND);

interface Failure {
  connection?: number;
  message?: string;
  peer?: string;
  level?: string;
  target?: string;
}

/** Returns a line as Nginx writes it, without its time. */
function failed({
  connection = 1,
  message = 'connect() failed (111: Connection refused) while connecting to upstream',
  peer = '10.0.0.5:5000',
  level = 'error',
  target = '/',
}: Failure = {}): string {
  const request = `client: 10.0.0.${connection}, server: , request: "GET ${target} HTTP/1.1"`;
  return `[${level}] 31#31: *${connection} ${message}, ${request}, upstream: "http://${peer}${target}", host: "mooring.test"`;
}

test('the first line of a failure is written at once, then one a second with the number of those left out', () => {
  const lines = [1, 2, 3, 4].map((connection) => failed({ connection }));
  expect(leftOf(lines)).toEqual([failed({ connection: 1 })]);
  expect(leftOf([...lines, SECOND, failed({ connection: 5 }), SECOND])).toEqual([
    failed({ connection: 1 }),
    `${failed({ connection: 4 })}, and 2 more like it`,
    failed({ connection: 5 }),
  ]);
});

test('the end of a failure is written, with the number of its lines', () => {
  const left = leftOf([failed({ connection: 1 }), failed({ connection: 2 }), SECOND, ...quietSeconds()]);
  expect(left.slice(2)).toEqual([
    '[notice] mooring: ended after 2 lines in 1 s: connect() failed (111: Connection refused) while connecting to upstream at 10.0.0.5:5000',
  ]);
});

test('a failure of one line is that line', () => {
  expect(leftOf([failed(), ...quietSeconds()])).toEqual([failed()]);
});

test('a failure that comes again before its end goes on', () => {
  expect(leftOf([failed(), ...quietSeconds(QUIET_SECONDS - 1), failed()])).toEqual([failed()]);
  expect(leftOf([failed(), ...quietSeconds(), failed()])).toEqual([failed(), failed()]);
});

test.each<[string, Failure]>([
  ['another replica', { peer: '10.0.0.6:5000' }],
  ['another port', { peer: '10.0.0.5:5001' }],
  ['another message', { message: 'upstream timed out (110: Connection timed out) while connecting to upstream' }],
])('%s is a failure of its own', (_what, other) => {
  expect(leftOf([failed(), failed(other)])).toEqual([failed(), failed(other)]);
});

test.each<[string, Failure]>([
  ['another target', { target: '/other' }],
  ['a target that looks like a replica', { target: '/,upstream:"http://10.0.0.9:5000/' }],
  ['another level', { level: 'alert' }],
])('%s is the same failure', (_what, other) => {
  expect(leftOf([failed(), failed(other)])).toEqual([failed()]);
});

test.each(['Referer', 'host'])('a %s that looks like a replica makes no failure of its own', (header) => {
  const name = header === 'host' ? 'host' : 'referrer';
  const line = (number: number) =>
    `[error] 31#31: *1 client intended to send too large body: 9 bytes, client: 10.0.0.1, server: , request: "POST / HTTP/1.1", ${name}: "x, upstream: "http://a${number}/"`;
  expect(leftOf([line(1), line(2)])).toEqual([line(1)]);
});

test('messages that differ in numbers are the same failure', () => {
  const limited = (excess: string) => failed({ message: `limiting requests, excess: ${excess} by zone "clients"` });
  expect(leftOf([limited('1.5'), limited('20.25')])).toEqual([limited('1.5')]);
});

test.each(['notice', 'info', 'emerg'])('lines of level %s are written as they are', (level) => {
  const lines = ['start worker process 31', 'start worker process 31'].map((text) => `[${level}] 1#1: ${text}`);
  expect(leftOf(lines)).toEqual(lines);
});

test('the number of different failures is bounded', () => {
  const lines = Array.from({ length: 300 }, (_, number) => failed({ peer: `10.0.1.${number}:5000` }));
  expect(leftOf(lines)).toHaveLength(201);
  expect(leftOf([...lines, SECOND]).at(-1)).toBe(`${lines.at(-1)}, and 98 more like it`);
});
