/** One action on a connection. */
export type Step =
  | { kind: 'send'; bytes: Buffer }
  | { kind: 'pause'; ms: number }
  /** Closes the client's side and continues to read. */
  | { kind: 'halfClose' }
  /** Resets the connection without waiting for a response. */
  | { kind: 'reset' };

/** The actions on one connection. */
export interface Input {
  /** Name of its generator. */
  kind: string;
  steps: Step[];
  /** Number of responses it must get, if that is certain. Otherwise any number is accepted. */
  answers?: number;
  /** Number of valid requests at its start, which must be answered with 200. */
  innocents?: number;
  /** Maximum number of requests that replicas may receive from it, if that is certain. */
  requests?: number;
}

/** Values that inputs contain. */
export interface Surroundings {
  /** `host:port` that no program may connect to. */
  canary: string;
  /** The peers' cookie values. The last one belongs to the peer for WebSockets. */
  sids: readonly string[];
  /** Cookie value of the peer for WebSockets, which gets no clients without it. */
  webSocketSid: string;
}

/** A forged client address: no log may show it as the client's own. */
export const FORGED_IP = '6.6.6.6';
export const FORGED_ID = '1763636803.123-deadbeefdeadbeef';

/** Converts a text to bytes, one for each character. */
export function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Returns a step that sends these bytes, or a text's characters as bytes. */
export function sends(text: string | Buffer): Step {
  return { kind: 'send', bytes: typeof text === 'string' ? latin1(text) : text };
}

export interface RequestText {
  line?: string;
  headers?: readonly string[];
  body?: string;
  lineEnd?: string;
}

/** Builds a request. It is valid except for the given parts. */
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

/** Returns all bytes of an input in order, without its pauses. */
export function bytesOf({ steps }: Input): Buffer {
  return Buffer.concat(steps.flatMap((step) => (step.kind === 'send' ? [step.bytes] : [])));
}
