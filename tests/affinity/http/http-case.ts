import type { SuiteFrontKind } from '../../../testkit/fronts/front.ts';
import type { RawAnswer } from '../../../testkit/replicas/raw.ts';

/** What one side must see of a message. */
export interface Seen {
  /**
   * What the replica receives, null when nothing must reach it. The first line, then each line of the fields named here, in
   * their order; `-Name` for a field that must not be there; after an empty line the body.
   */
  seen?: string | null;
  /** What the client receives, in the same form. The first line may be a status alone. Null when it must be cut off. */
  gets?: string | null;
}

/** Bytes that a client sends through a front, and the result. */
export interface HttpCase extends Seen {
  name: string;
  /** Exact bytes, one character for each; the elements of an array arrive one after another. */
  sends: string | readonly string[];
  /** The exact bytes of the replica. */
  answers?: RawAnswer;
  /** Where a front cannot do better, with the number of the reason in docs/affinity.md. */
  differs?: Partial<Record<SuiteFrontKind, Seen & { because: Reason }>>;
}

/** `R…`: what the edge's runtime does not allow; `X…`: what Nginx does not. */
export type Reason = `${'R' | 'X'}${number}`;

/** Returns the bytes of a request with a `Host`. */
export function request(line: string, ...fields: string[]): string {
  return message(`${line} HTTP/1.1`, 'Host: h.test', ...fields);
}

/** Returns the bytes of a message without a body. */
export function message(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Returns the answer of a replica with a body of two bytes. */
export function answer(status: string, fields: string[] = [], body = 'ok'): RawAnswer {
  return { bytes: message(`HTTP/1.1 ${status}`, ...fields, `Content-Length: ${body.length}`) + body };
}

/**
 * Reduces a message to what is expected of it, so that a difference shows in the comparison. The balancer's own cookie does not
 * count.
 */
export function reduce(bytes: string, expected: string): string {
  const [head = '', ...body] = bytes.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const [expectedHead = '', ...expectedBody] = expected.split('\n\n');
  const [expectedFirst = '', ...expectedLines] = expectedHead.split('\n');
  const start = /^\d+$/.test(expectedFirst) ? first.split(' ')[1] : first;
  const names = new Set(expectedLines.map((line) => line.replace(/^-|:.*$/gs, '').toLowerCase()));
  const fields = [...names].flatMap((name) => {
    const found = lines
      .filter((line) => line.toLowerCase().startsWith(`${name}:`) && !line.startsWith('Set-Cookie: srv_id='))
      .map(withoutCharset);
    return found.length > 0 ? found : expectedLines.filter((line) => line.toLowerCase() === `-${name}`);
  });
  return [[start, ...fields].join('\n'), ...(expectedBody.length > 0 ? [body.join('\r\n\r\n')] : [])].join('\n\n');
}

/** Both fronts write text in UTF-8, but only one says so. */
function withoutCharset(line: string): string {
  return line.replace(/^(Content-Type: (?:text\/\w+|application\/json)); charset=utf-8$/i, '$1');
}
