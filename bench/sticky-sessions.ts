import { setTimeout } from 'node:timers/promises';

/** Few enough at once for any app that takes visits at all. */
const AT_ONCE = 4;
const PAUSE_MS = 50;
const GIVE_UP_MS = 15_000;

/**
 * Sends clients to an app for the first time, a few at once. What a load before left behind may still be under way: a client
 * that is refused comes again.
 *
 * @returns what each sends back from then on: its `Cookie` header
 * @throws when one is not answered with success in time
 */
export async function moorClients(url: string, count: number, giveUpMs: number = GIVE_UP_MS): Promise<string[]> {
  const cookies: string[] = [];
  const giveUpAtMs = performance.now() + giveUpMs;
  let begun = 0;

  async function moorOneByOne(): Promise<void> {
    while (begun < count) {
      begun++;
      const cookie = await moor(url, giveUpAtMs);
      if (cookie !== '') cookies.push(cookie);
    }
  }

  await Promise.all(Array.from({ length: AT_ONCE }, moorOneByOne));
  return cookies;
}

async function moor(url: string, giveUpAtMs: number): Promise<string> {
  for (;;) {
    const outcome = await firstVisit(url);
    if (typeof outcome === 'string') return outcome;
    if (performance.now() > giveUpAtMs) throw outcome;
    await setTimeout(PAUSE_MS);
  }
}

/** The cookies of an answer, or what kept it from being one of success. */
async function firstVisit(url: string): Promise<string | Error> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok ? cookieOf(response) : new Error(`${url} answered a first visit with ${response.status}`);
  } catch (cause) {
    return new Error(`${url} did not answer a first visit`, { cause });
  }
}

/** What a client sends back of an answer's cookies: its `Cookie` header, empty without any. */
export function cookieOf({ headers }: Response): string {
  return headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
}
