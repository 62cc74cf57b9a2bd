import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ParsedAnswers, parseAnswers } from './answers.ts';
import { bytesOf, type Input, type Step } from './input.ts';

/** What became of one input. */
export interface Exchange extends ParsedAnswers {
  received: Buffer;
  /** This side ended it: what was asked may have been answered after nobody listened any more. */
  wasLeft: boolean;
  /** The other side closed it with bytes of this side unread, which may cost its last answer. */
  wasReset: boolean;
  /** The other side neither answered nor closed in time. */
  isHung: boolean;
}

export interface ExchangeOptions {
  port: number;
  /** The address this client comes from. */
  localAddress: string;
  input: Input;
  /** How long nothing comes before this side ends, in milliseconds. */
  quietMs?: number;
  /** How long the other side may then take to close, in milliseconds. */
  deadlineMs?: number;
}

const TOO_LATE = 'too late';

/** Does on a connection of its own what the input says, and reads what comes until the connection is closed. */
export async function exchange(options: ExchangeOptions): Promise<Exchange> {
  const { port, localAddress, input, quietMs = 300, deadlineMs = 20_000 } = options;
  const mayBeHead = /head/i.test(bytesOf(input).toString('latin1'));
  const socket = connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true, noDelay: true });
  const chunks: Buffer[] = [];
  let isClosed = false;
  let onNews = () => {};
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      isClosed = true;
      onNews();
      resolve();
    });
  });
  let wasReset = false;
  let isHung = false;
  socket.on('error', ({ message }) => {
    if (message === TOO_LATE) isHung = true;
    else wasReset = true;
  });
  socket.on('end', () => socket.end());
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    onNews();
  });

  const parse = () => parseAnswers(Buffer.concat(chunks), { mayBeHead, isClosed });
  const isAnswered = () => input.answers !== undefined && chunks.length > 0 && parse().answers.length >= input.answers;
  /** Waits until something comes; false when nothing does. */
  const news = () => {
    // What is sure to be answered is waited for, however busy the machine is.
    const timeout = AbortSignal.timeout(input.answers === undefined ? quietMs : deadlineMs);
    return new Promise<boolean>((resolve) => {
      onNews = () => resolve(true);
      timeout.addEventListener('abort', () => resolve(false), { once: true });
    });
  };

  for (const step of input.steps) {
    if (isClosed) break;
    await take(step);
  }
  while (!isClosed && !isAnswered() && (await news()));
  const wasLeft = !isClosed;
  if (wasLeft) socket.end();
  const timer = setTimeout(() => socket.destroy(new Error(TOO_LATE)), deadlineMs);
  await closed;
  clearTimeout(timer);
  return { ...parse(), received: Buffer.concat(chunks), wasLeft, wasReset, isHung };

  async function take(step: Step): Promise<void> {
    if (step.kind === 'send') socket.write(step.bytes);
    else if (step.kind === 'pause') await sleep(step.ms);
    else if (step.kind === 'halfClose') socket.end();
    else socket.resetAndDestroy();
  }
}
