import type { Peer } from '../upstream/upstream.ts';
import { probe } from './probe.ts';

export interface AnswerTimeouts {
  connectTimeoutMs: number;
  readTimeoutMs: number;
}

/** Waits for the answer of a peer. */
export interface AnswerTimer {
  /** The peer has the whole request. */
  expectAnswer(): void;
  /** A request is being sent that no probe has preceded. */
  expectConnection(): void;
  stop(): void;
}

/** @param onLate called with what takes too long */
export function createAnswerTimer(
  peer: Peer,
  { connectTimeoutMs, readTimeoutMs }: AnswerTimeouts,
  onLate: (reason: string) => void,
): AnswerTimer {
  let timer: number | null = null;
  let isOver = false;

  function expectAnswerWithin(timeoutMs: number): void {
    if (!isOver) timer = setTimeout(onLate, timeoutMs, 'no answer in time');
  }

  /** `fetch` does not report when it is connected. Whether the peer accepts connections shows on another one. */
  async function checkConnection(): Promise<void> {
    const failure = await probe(peer, connectTimeoutMs);
    if (isOver) return;
    // A peer that is stopping refuses connections, and finishes the requests that it has.
    if (failure?.timedOut) onLate('no connection in time');
    else expectAnswerWithin(readTimeoutMs - connectTimeoutMs);
  }

  return {
    expectAnswer: () => expectAnswerWithin(readTimeoutMs),
    expectConnection() {
      if (readTimeoutMs <= connectTimeoutMs) expectAnswerWithin(readTimeoutMs);
      else timer = setTimeout(checkConnection, connectTimeoutMs);
    },
    stop() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
