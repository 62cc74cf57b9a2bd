import type { Random } from '../../../testkit/random.ts';
import type { Step, Surroundings } from '../../input.ts';
import { FLAGS, frame, TYPES } from '../frames.ts';
import { encodeHeaders, type HeaderList } from '../hpack.ts';

/** A path that occurs only in bodies and header values: a request for it was smuggled. */
export const SMUGGLED_PATH = '/smuggled';

export const SMUGGLED = `GET ${SMUGGLED_PATH} HTTP/1.1\r\nHost: a\r\n\r\n`;

export const END = FLAGS.endHeaders | FLAGS.endStream;

export type Part = Buffer | Step;
/** What is sent on a connection after the greeting. At most `requests` of its streams are requests. */
export type Conversation = { parts: Part[]; requests: number; innocents?: number };
export type Generator = (random: Random, surroundings: Surroundings) => Conversation;

/** Returns the headers of a request: pseudo headers first. */
export function request(overrides: HeaderList = [], { path = '/', method = 'GET' } = {}): [string, string][] {
  const pseudo = { ':method': method, ':scheme': 'http', ':path': path, ':authority': 'mooring.test' };
  return [...Object.entries(pseudo), ...overrides.map(([name, value]): [string, string] => [name, value])];
}

/** Returns the frame of a request without a body. */
export function get(stream: number, list: HeaderList = request(), flags: number = END): Buffer {
  return frame(TYPES.headers, flags, stream, encodeHeaders(list));
}
