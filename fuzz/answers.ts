/** One answer as it came over the wire. */
export interface WireAnswer {
  status: number;
  /** Names in lower case; of several with one name the last. */
  headers: ReadonlyMap<string, string>;
}

/** The id of the request that a replica answers with it; undefined when it is no replica's answer. */
export function idOf({ headers }: WireAnswer): string | undefined {
  return headers.get('x-request-id');
}

export interface ParsedAnswers {
  /** Final ones, in their order: a 1xx is passed over, but for 101. */
  answers: WireAnswer[];
  /** Whether what follows a 101 is no HTTP any more. */
  isUpgraded: boolean;
  /** An answer whose end has not come. */
  isPartial: boolean;
  /** What is wrong with them. */
  problem?: string;
}

export interface ParseOptions {
  /** Whether a HEAD may be among what was asked: its answer has a length and no body. */
  mayBeHead: boolean;
  /** Whether no more will come: the end of a body without a length. */
  isClosed: boolean;
}

const STATUS_LINE = /^HTTP\/1\.[01] ([1-5]\d\d) [\t -~\u0080-\u00ff]*$/;
const HEADER =
  /^([!#$%&'*+.^_`|~\w-]+):[ \t]*((?:[!-~\u0080-\u00ff](?:[\t -~\u0080-\u00ff]*[!-~\u0080-\u00ff])?)?)[ \t]*$/;
/** Nginx has no head for a request line that tells no version it knows. */
const OLDEST_REFUSAL = /^<html>\r\n<head><title>(4\d\d) /;
const WITHOUT_BODY = new Set([204, 304]);

/** Reads answers, and takes nothing that RFC 9112 does not allow a server to send. */
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
    if (Number.isNaN(status)) return done({ problem: `no status line: ${JSON.stringify(statusLine.slice(0, 80))}` });
    const headers = new Map<string, string>();
    for (const line of lines) {
      const [, name, value] = line.match(HEADER) ?? [];
      if (name === undefined || value === undefined) return done({ problem: `no header: ${JSON.stringify(line)}` });
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

/** Whether an answer begins there, or nothing more has come. */
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
