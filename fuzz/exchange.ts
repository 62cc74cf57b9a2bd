import { connect } from 'node:net';
import { delay } from '../app/lib/delay.ts';
import { waitAtMost } from '../app/lib/wait-at-most.ts';
import { type ParsedAnswers, parseAnswers, type WireAnswer } from './answers.ts';
import { isHttp2, parseHttp2 } from './http2/answers.ts';
import { bytesOf, type Input, type Step } from './input.ts';

/** Outcome of one input. */
export interface Exchange extends ParsedAnswers {
  received: Buffer;
  /** The client ended the connection, so a request may have been answered when nobody read any more. */
  wasLeft: boolean;
  /** The server closed the connection with unread bytes of the client, which may cost its last response. */
  wasReset: boolean;
  /** The server neither responded nor closed in time, or did not finish a response. */
  isHung: boolean;
}

export interface ExchangeOptions {
  port: number;
  /** The client's own address. */
  localAddress: string;
  input: Input;
  /** Whether replicas have answered more of this client's requests than these responses answer. */
  isOwed?: (answers: readonly WireAnswer[]) => boolean;
  /** How long the client waits without any data before it ends the connection, in milliseconds. */
  quietMs?: number;
  /** How long the server may then take to close, in milliseconds. */
  deadlineMs?: number;
}

/** Performs an input on a connection of its own, and reads until the connection is closed. */
export async function exchange(options: ExchangeOptions): Promise<Exchange> {
  const { port, localAddress, input, isOwed = () => false, quietMs = 300, deadlineMs = 20_000 } = options;
  const mayBeHead = /head/i.test(bytesOf(input).toString('latin1'));
  const socket = connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true, noDelay: true });
  const chunks: Buffer[] = [];
  let isClosed = false;
  let wasReset = false;
  let isHung = false;
  let onNews = () => {};
  const { promise: closed, resolve: endWait } = Promise.withResolvers<void>();
  function close(): void {
    isClosed = true;
    onNews();
    endWait();
  }
  socket.once('close', close);
  socket.on('error', () => {
    wasReset = true;
    // Node emits no `close` event when it could not reset a connection.
    close();
  });
  socket.on('end', () => socket.end());
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    onNews();
  });

  const parse = () => {
    const received = Buffer.concat(chunks);
    return isHttp2(received) ? parseHttp2(received) : parseAnswers(received, { mayBeHead, isClosed });
  };
  const isAnswered = () => input.answers !== undefined && chunks.length > 0 && parse().answers.length >= input.answers;
  /**
   * Whether more data must come: the rest of a response, or the response to a valid request or to one that a replica
   * has answered.
   */
  const isToCome = () => {
    const { answers, isPartial, problem, isUpgraded } = parse();
    if (problem !== undefined || isUpgraded || isEndless(Buffer.concat(chunks))) return false;
    return isPartial || answers.length < (input.innocents ?? 0) || isOwed(answers);
  };
  /** Waits for data. Resolves with undefined when none arrives. */
  const news = (withinMs: number) => {
    const { promise, resolve } = Promise.withResolvers<true>();
    onNews = () => resolve(true);
    return waitAtMost(promise, withinMs);
  };

  for (const step of input.steps) {
    if (isClosed) break;
    await take(step);
  }
  while (!isClosed && !isAnswered() && !isHung) {
    if (await news(quietMs)) continue;
    if (input.answers === undefined && !isToCome()) break;
    // Wait for what must come, however busy the machine is.
    isHung = !(await news(deadlineMs));
  }
  const wasLeft = !isClosed;
  if (wasLeft) socket.end();
  await waitAtMost(closed, deadlineMs);
  if (!isClosed) {
    isHung = true;
    socket.destroy();
  }
  return { ...parse(), received: Buffer.concat(chunks), wasLeft, wasReset, isHung };

  async function take(step: Step): Promise<void> {
    if (step.kind === 'send') socket.write(step.bytes);
    else if (step.kind === 'pause') await delay(step.ms);
    else if (step.kind === 'halfClose') socket.end();
    else socket.resetAndDestroy();
  }
}

/** Whether the response is an event stream, which lasts as long as the client listens. */
export function isEndless(received: Buffer): boolean {
  return /content-type: text\/event-stream/i.test(received.toString('latin1'));
}
