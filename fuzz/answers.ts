export interface WireAnswer {
  status: number;
  /** By names in lower case. Of several headers with the same name, the last one. */
  headers: ReadonlyMap<string, string>;
}

/** Returns the request id in a replica's response; undefined when the response is not a replica's. */
export function idOf({ headers }: WireAnswer): string | undefined {
  return headers.get('x-request-id');
}

export interface ParsedAnswers {
  /** The final responses in their order; a 1xx is skipped, except 101. */
  answers: WireAnswer[];
  /** Whether the bytes after a 101 are no longer HTTP. */
  isUpgraded: boolean;
  /** Whether the last response is incomplete. */
  isPartial: boolean;
  /** What is wrong with the responses. */
  problem?: string;
}

export interface ParseOptions {
  /** Whether the request may have been a HEAD, whose response has a length and no body. */
  mayBeHead: boolean;
  /** Whether the connection is closed, which ends a body without a length. */
  isClosed: boolean;
}

const STATUS_LINE = /^HTTP\/1\.[01] ([1-5]\d\d) [\t -~\u0080-\u00ff]*$/;
const HEADER =
  /^([!#$%&'*+.^_`|~\w-]+):[ \t]*((?:[!-~\u0080-\u00ff](?:[\t -~\u0080-\u00ff]*[!-~\u0080-\u00ff])?)?)[ \t]*$/;
/** Nginx sends no response headers for a request line without a version that it knows. */
const OLDEST_REFUSAL = /^<html>\r\n<head><title>(4\d\d) /;
const WITHOUT_BODY = new Set([204, 304]);

/** Parses responses. Rejects everything that RFC 9112 does not allow a server to send. */
export function parseAnswers(received: Buffer, { mayBeHead, isClosed }: ParseOptions): ParsedAnswers {
  const answers: WireAnswer[] = [];
  const done = (rest: Partial<ParsedAnswers> = {}) => ({ answers, isUpgraded: false, isPartial: false, ...rest });
  let at = 0;

  while (at < received.length) {
    const headEnd = received.indexOf('\r\n\r\n', at);
    const refusal = received.toString('latin1', at, at + 40).match(OLDEST_REFUSAL);
    if (refusal) return done({ answers: [...answers, { status: Number(refusal[1]), headers: new Map() }] });
    if (headEnd < 0) return done({ isPartial: true, ...(!startsLikeAnswer(received, at) && { problem: 'no answer' }) });
    const [statusLine = '', ...lines] = received.toString('latin1', at, headEnd).split('\r\n');
    const status = Number(statusLine.match(STATUS_LINE)?.[1]);
    if (Number.isNaN(status))
      return done({ problem: `invalid status line: ${JSON.stringify(statusLine.slice(0, 80))}` });
    const headers = new Map<string, string>();
    for (const line of lines) {
      const [, name, value] = line.match(HEADER) ?? [];
      if (name === undefined || value === undefined)
        return done({ problem: `invalid header: ${JSON.stringify(line)}` });
      headers.set(name.toLowerCase(), value);
    }
    at = headEnd + 4;
    if (status === 101) return { ...done(), answers: [...answers, { status, headers }], isUpgraded: true };
    if (status < 200) continue;

    const end = bodyEnd(received, at, headers);
    const isBodyless = WITHOUT_BODY.has(status) || (mayBeHead && startsLikeAnswer(received, at));
    if (isBodyless || end === 'none') {
      answers.push({ status, headers });
    } else if (typeof end === 'number') {
      answers.push({ status, headers });
      at = end;
    } else if (end === 'close' && isClosed) {
      answers.push({ status, headers });
      return done();
    } else {
      return done({ isPartial: true, ...(end === 'broken' && { problem: 'a chunked body is broken' }) });
    }
  }
  return done();
}

/** Whether a response may begin at this position, or nothing more has arrived. */
function startsLikeAnswer(received: Buffer, at: number): boolean {
  const begin = received.toString('latin1', at, at + 7);
  return 'HTTP/1.'.startsWith(begin);
}

type BodyEnd = number | 'none' | 'close' | 'partial' | 'broken';

function bodyEnd(received: Buffer, at: number, headers: ReadonlyMap<string, string>): BodyEnd {
  if (headers.get('transfer-encoding') === 'chunked') return chunkedEnd(received, at);
  const length = headers.get('content-length');
  if (length === undefined) return 'close';
  if (!/^\d+$/.test(length)) return 'broken';
  const end = at + Number(length);
  return end <= received.length ? end : 'partial';
}

function chunkedEnd(received: Buffer, begin: number): BodyEnd {
  let at = begin;
  for (;;) {
    const lineEnd = received.indexOf('\r\n', at);
    if (lineEnd < 0) return 'partial';
    const word = received.toString('latin1', at, lineEnd);
    if (!/^[0-9a-f]{1,8}$/i.test(word)) return 'broken';
    const size = Number.parseInt(word, 16);
    at = lineEnd + 2 + size;
    if (at + 2 > received.length) return 'partial';
    if (received.toString('latin1', at, at + 2) !== '\r\n') return 'broken';
    at += 2;
    if (size === 0) return at;
  }
}
