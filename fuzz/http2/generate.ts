import { createRandom, type Random } from '../../testkit/random.ts';
import { FORGED_ID, FORGED_IP, type Input, type Step, type Surroundings, sends } from '../input.ts';
import { FLAGS, frame, GREETING, MAX_FRAME, PREFACE, settings, TYPES, uint32 } from './frames.ts';
import { encodeHeaders, FIRST_DYNAMIC, type HeaderList, integer, literal } from './hpack.ts';

/** A path that occurs only in bodies and header values: a request for it was smuggled. */
export const SMUGGLED_PATH = '/smuggled';

const SMUGGLED = `GET ${SMUGGLED_PATH} HTTP/1.1\r\nHost: a\r\n\r\n`;
const END = FLAGS.endHeaders | FLAGS.endStream;
const EMPTY = Buffer.alloc(0);

type Part = Buffer | Step;
/** What is sent on a connection after the greeting. At most `requests` of its streams are requests. */
type Conversation = { parts: Part[]; requests: number; innocents?: number };
type Generator = (random: Random, surroundings: Surroundings) => Conversation;

const GENERATORS: Generator[] = [
  innocent,
  innocent,
  headers,
  headers,
  headers,
  bodies,
  bodies,
  order,
  order,
  floods,
  tables,
  noise,
];

/** Returns the input in HTTP/2 frames with this number in the run with this seed, always the same. */
export function generateHttp2(seed: number, index: number, surroundings: Surroundings): Input {
  const random = createRandom(seed, index);
  const generator = random.pick(GENERATORS);
  const { parts, requests, innocents = 0 } = generator(random, surroundings);
  const greeting = generator === innocent || random.chance(0.95) ? GREETING : oddGreeting(random);
  const steps = [greeting, ...parts].map((part): Step => (Buffer.isBuffer(part) ? sends(part) : part));
  return { kind: `http2 ${generator.name}`, steps, requests, ...(innocents > 0 && { answers: innocents, innocents }) };
}

function oddGreeting(random: Random): Buffer {
  return random.pick([
    PREFACE,
    PREFACE.subarray(0, random.int(1, PREFACE.length - 1)),
    Buffer.concat([PREFACE, settings([random.int(0, 20), random.int(0, 0xffffffff)])]),
    Buffer.concat([PREFACE, frame(TYPES.settings, 0, 0, random.bytes(random.int(1, 11)))]),
  ]);
}

function request(overrides: HeaderList = [], { path = '/', method = 'GET' } = {}): [string, string][] {
  const pseudo = { ':method': method, ':scheme': 'http', ':path': path, ':authority': 'mooring.test' };
  return [...Object.entries(pseudo), ...overrides.map(([name, value]): [string, string] => [name, value])];
}

function get(stream: number, list: HeaderList = request(), flags: number = END): Buffer {
  return frame(TYPES.headers, flags, stream, encodeHeaders(list));
}

/** Generates several valid requests at the same time. */
function innocent(random: Random): Conversation {
  const count = random.int(1, 8);
  const paths = Array.from({ length: count }, () => random.pick(['/', '/showcount', '/healthz']));
  const parts = paths.map((path, nth) => get(1 + 2 * nth, request([['accept', 'text/plain']], { path })));
  return { parts: [Buffer.concat(parts)], requests: count, innocents: count };
}

const ODD_HEADERS: HeaderList = [
  ['Accept', 'text/html'],
  ['connection', 'close'],
  ['connection', 'x-request-id, x-real-ip'],
  ['transfer-encoding', 'chunked'],
  ['upgrade', 'h2c'],
  ['te', 'gzip'],
  ['keep-alive', '1'],
  ['proxy-connection', 'close'],
  ['host', 'other.test'],
  ['host', ''],
  ['cookie', 'srv_id=a'],
  ['cookie', 'srv_id='],
  ['x-request-id', FORGED_ID],
  ['x-real-ip', FORGED_IP],
  ['x-forwarded-for', FORGED_IP],
  [':path', '/showcount'],
  [':status', '200'],
  [':protocol', 'websocket'],
  ['', 'x'],
  ['a b', 'x'],
  ['x\r\ny', 'z'],
  ['x', `a\r\n\r\n${SMUGGLED}`],
  ['x', 'a\nb'],
  ['x', 'a\0b'],
  ['x', ' \t '],
  ['x', '\u00ff\u0080'],
  ['content-length', '5'],
  ['content-length', '-1'],
  ['content-length', '0'],
  ['expect', '100-continue'],
  ['range', 'bytes=0-0,1-1'],
];

/**
 * Generates headers that HTTP/2 forbids or that HTTP/1.1 would read differently, and missing or duplicate pseudo
 * headers.
 */
function headers(random: Random, { canary, sids }: Surroundings): Conversation {
  const odd = Array.from({ length: random.int(1, 4) }, () => random.pick(ODD_HEADERS));
  const list = request([...odd, ['cookie', `srv_id=${random.pick(sids)}`]], {
    path: random.pick([
      '/',
      '/',
      '/showcount',
      '',
      'x',
      '*',
      '//',
      `http://${canary}/`,
      '/ HTTP/1.1\r\nX: y',
      '/\0',
      '/%00',
      '/\u00ff',
    ]),
    method: random.pick([
      'GET',
      'GET',
      'GET',
      'HEAD',
      'POST',
      'CONNECT',
      'TRACE',
      'get',
      '',
      'G T',
      'GET / HTTP/1.1\r\nX: y\r\n\r\nGET',
    ]),
  });
  const changed = random.pick([
    () => list,
    () => list.filter(() => random.chance(0.85)),
    () => [...list, ...list],
    () => list.toReversed(),
    () => list.map(([name, value]): [string, string] => (name === ':authority' ? [name, canary] : [name, value])),
    () => [...list, ['x-large', 'l'.repeat(random.pick([4000, 9000, 16_000]))] as [string, string]],
  ])();
  return { parts: [get(1, changed), get(3)], requests: 2 };
}

/** Generates bodies with a length other than announced, and requests inside them. */
function bodies(random: Random): Conversation {
  const method = random.pick(['POST', 'PUT', 'GET', 'PATCH', 'DELETE']);
  const path = random.pick(['/let-go', '/', '/nothing']);
  const said = random.pick(['0', '1', '5', `${SMUGGLED.length}`, '100000', '5, 5', '+5', '0x5', '']);
  const length: HeaderList = random.chance(0.7) ? [['content-length', said]] : [];
  const body = Buffer.from(
    random.pick([SMUGGLED, `0\r\n\r\n${SMUGGLED}`, 'hello', '', 'b'.repeat(random.pick([100, 16_384]))]),
  );
  const padded = random.chance(0.2) ? Buffer.concat([Buffer.of(random.int(0, 255)), body]) : body;
  const pieces = random.chance(0.5) ? [padded] : [padded.subarray(0, 3), padded.subarray(3)];
  const flags = padded === body ? 0 : FLAGS.padded;
  const isEnded = random.chance(0.8);
  const data = pieces.map((piece, nth) =>
    frame(
      TYPES.data,
      flags | (isEnded && nth === pieces.length - 1 ? FLAGS.endStream : 0),
      1,
      piece.subarray(0, MAX_FRAME),
    ),
  );
  const trailers = random.chance(0.2) ? [get(1, [['x-trailer', `a\r\n${SMUGGLED}`]])] : [];
  return { parts: [get(1, request(length, { path, method }), FLAGS.endHeaders), ...data, ...trailers], requests: 1 };
}

/** Generates frames where their type is not allowed. */
function order(random: Random): Conversation {
  const block = encodeHeaders(request());
  const stream = random.pick([0, 1, 1, 1, 2, 3, 5, 0x7fffffff, 0xffffffff]);
  const odd = random.pick([
    () => frame(TYPES.data, FLAGS.endStream, stream, Buffer.from('x')),
    () => frame(TYPES.continuation, FLAGS.endHeaders, stream, block),
    () => Buffer.concat([frame(TYPES.headers, 0, 1, block.subarray(0, 4)), frame(TYPES.ping, 0, 0, random.bytes(8))]),
    () =>
      Buffer.concat([
        frame(TYPES.headers, 0, 1, block.subarray(0, 4)),
        frame(TYPES.continuation, FLAGS.endHeaders, 3, block.subarray(4)),
      ]),
    () => Buffer.concat([get(3), get(1)]),
    () => Buffer.concat([get(1), get(1)]),
    () => frame(TYPES.pushPromise, FLAGS.endHeaders, stream, Buffer.concat([uint32(2), block])),
    () => frame(TYPES.windowUpdate, 0, stream, uint32(random.pick([0, 1, 0x7fffffff, 0xffffffff]))),
    () => frame(TYPES.rstStream, 0, stream, random.bytes(random.pick([4, 4, 3, 5]))),
    () => frame(TYPES.priority, 0, stream, Buffer.concat([uint32(stream), Buffer.of(255)])),
    () => frame(TYPES.headers, END | FLAGS.priority, 1, Buffer.concat([uint32(1), Buffer.of(0), block])),
    () => frame(TYPES.headers, END | FLAGS.padded, 1, Buffer.concat([Buffer.of(255), block])),
    () =>
      frame(TYPES.goaway, 0, 0, Buffer.concat([uint32(0), uint32(random.int(0, 20)), random.bytes(random.int(0, 40))])),
    () => frame(random.int(10, 255), random.int(0, 255), stream, random.bytes(random.int(0, 60))),
    () => frame(TYPES.data, 0, 1, EMPTY, random.pick([16_385, 0xffffff])),
  ])();
  return { parts: [get(1), odd, get(7)], requests: 8 };
}

/** Generates many frames that cost the server more than the client. */
function floods(random: Random): Conversation {
  const times = random.pick([50, 200, 1000]);
  const many = (make: (nth: number) => Buffer) => Buffer.concat(Array.from({ length: times }, (_, nth) => make(nth)));
  const flood = random.pick([
    () => many(() => frame(TYPES.ping, 0, 0, Buffer.alloc(8))),
    () => many(() => settings([3, 100])),
    () => many(() => frame(TYPES.priority, 0, 2 ** 20 + 1, Buffer.alloc(5))),
    () => many(() => frame(TYPES.data, 0, 1, EMPTY)),
    () => many(() => frame(TYPES.windowUpdate, 0, 0, uint32(1))),
    () =>
      Buffer.concat([
        frame(TYPES.headers, 0, 1, encodeHeaders(request())),
        many(() => frame(TYPES.continuation, 0, 1, literal('x', 'y'.repeat(60)))),
      ]),
    () => many(() => frame(TYPES.continuation, 0, 1, EMPTY)),
    // Streams that are opened and reset at once.
    () => many((nth) => Buffer.concat([get(1 + 2 * nth), frame(TYPES.rstStream, 0, 1 + 2 * nth, uint32(8))])),
  ])();
  const leave: Part[] = random.chance(0.5) ? [{ kind: 'reset' }] : [];
  return { parts: [flood, ...leave], requests: times };
}

/**
 * Attacks the header table: indexes without an entry, changing sizes, one large header that is referred to repeatedly.
 */
function tables(random: Random): Conversation {
  const large = literal('x-large', 'l'.repeat(random.pick([100, 3900, 4000])), { isIndexed: true });
  const again = integer(FIRST_DYNAMIC, 7, 0x80);
  const block = random.pick([
    () =>
      Buffer.concat([
        encodeHeaders(request()),
        large,
        ...Array.from({ length: random.pick([10, 60, 4000]) }, () => again),
      ]),
    () => Buffer.concat([encodeHeaders(request()), integer(random.pick([0, 62, 63, 100, 2 ** 30]), 7, 0x80)]),
    () => Buffer.concat([integer(random.pick([0, 4096, 4097, 2 ** 31]), 5, 0x20), encodeHeaders(request())]),
    () => Buffer.concat([encodeHeaders(request()), Buffer.of(0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)]),
    () => Buffer.concat([encodeHeaders(request()), Buffer.of(0x00, 0x01, 0x78, 0x84), random.bytes(4)]),
    () => random.bytes(random.int(1, 200)),
  ])();
  return { parts: [frame(TYPES.headers, END, 1, block.subarray(0, MAX_FRAME)), get(3)], requests: 2 };
}

/** Generates a valid connection with some bytes changed, or random bytes. */
function noise(random: Random): Conversation {
  const right = Buffer.concat([get(1), get(3, request([['cookie', 'a=b']])), frame(TYPES.ping, 0, 0, Buffer.alloc(8))]);
  for (let time = random.int(1, 4); time > 0; time--) right[random.int(0, right.length - 1)] = random.int(0, 255);
  const cut = right.subarray(0, random.int(1, right.length));
  return { parts: [random.pick([right, cut, random.bytes(random.int(1, 400))])], requests: 8 };
}
