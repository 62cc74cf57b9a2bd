/** One thing done on a connection. */
export type Step =
  | { kind: 'send'; bytes: Buffer }
  | { kind: 'pause'; ms: number }
  /** Ends this side and goes on reading. */
  | { kind: 'halfClose' }
  /** Leaves without waiting for an answer. */
  | { kind: 'reset' };

/** What is done on one connection. */
export interface Input {
  /** The generator it is of. */
  kind: string;
  steps: Step[];
  /** The answers it is to get, where that is clear; otherwise as many as come. */
  answers?: number;
  /** How many requests it begins with that must be answered 200. */
  innocents?: number;
  /** How many requests replicas may get of it at most, where that is clear. */
  requests?: number;
}

/** What inputs speak of. */
export interface Surroundings {
  /** `host:port` that nobody must ever connect to. */
  canary: string;
  /** What cookies of the peers say; the last is that of the one that speaks WebSocket. */
  sids: readonly string[];
  /** The cookie value of the peer that speaks WebSocket, and that gets nobody without it. */
  webSocketSid: string;
}

/** A client that says so is lying: nothing it says may get into a log as its own. */
export const FORGED_IP = '6.6.6.6';
export const FORGED_ID = '1763636803.123-deadbeefdeadbeef';

/** The bytes of a text, one a character. */
export function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** The step that sends a text's characters as bytes, or these bytes. */
export function sends(text: string | Buffer): Step {
  return { kind: 'send', bytes: typeof text === 'string' ? latin1(text) : text };
}

export interface RequestText {
  line?: string;
  headers?: readonly string[];
  body?: string;
  lineEnd?: string;
}

/** Puts a request together: a right one but for what is given. */
export function requestText({
  line = 'GET / HTTP/1.1',
  headers = [],
  body = '',
  lineEnd = '\r\n',
}: RequestText = {}): string {
  const head = [
    line,
    ...(headers.some((header) => /^host\s*:/i.test(header)) ? [] : ['Host: mooring.test']),
    ...headers,
  ];
  return head.map((each) => each + lineEnd).join('') + lineEnd + body;
}

/** All bytes of an input in their order, whatever is between them. */
export function bytesOf({ steps }: Input): Buffer {
  return Buffer.concat(steps.flatMap((step) => (step.kind === 'send' ? [step.bytes] : [])));
}
