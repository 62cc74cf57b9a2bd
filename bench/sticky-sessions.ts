import { delay } from '../app/lib/delay.ts';
import { createHttpClient } from '../testkit/http/http-client.ts';

/** A small number, so that any app can serve them. */
const AT_ONCE = 4;
const PAUSE_MS = 50;
const GIVE_UP_MS = 15_000;

export interface MoorOptions {
  giveUpMs?: number;
  /** Method of the first request. */
  method?: 'GET' | 'POST';
}

/**
 * Sends the first visit of each client to an app, a few at the same time. An earlier load may still occupy the app, so
 * a client whose visit fails tries again.
 *
 * @returns the `Cookie` header of each client
 * @throws when a client gets no successful response in time
 */
export async function moorClients(url: string, count: number, options: MoorOptions = {}): Promise<string[]> {
  const { giveUpMs = GIVE_UP_MS, method = 'GET' } = options;
  const cookies: string[] = [];
  const giveUpAtMs = performance.now() + giveUpMs;
  let begun = 0;

  async function moorOneByOne(): Promise<void> {
    while (begun < count) {
      begun++;
      const cookie = await moor(url, method, giveUpAtMs);
      if (cookie !== '') cookies.push(cookie);
    }
  }

  await Promise.all(Array.from({ length: AT_ONCE }, moorOneByOne));
  return cookies;
}

async function moor(url: string, method: string, giveUpAtMs: number): Promise<string> {
  for (;;) {
    const outcome = await firstVisit(url, method);
    if (typeof outcome === 'string') return outcome;
    if (performance.now() > giveUpAtMs) throw outcome;
    await delay(PAUSE_MS);
  }
}

/** Returns the cookies of a successful response, else the error. */
async function firstVisit(url: string, method: string): Promise<string | Error> {
  const { send, cookies, close } = createHttpClient(url);
  try {
    const { status } = await send({ method });
    return status === 200 ? cookies.header() : new Error(`${url} answered a first visit with ${status}`);
  } catch (cause) {
    return new Error(`${url} did not answer a first visit`, { cause });
  } finally {
    close();
  }
}
