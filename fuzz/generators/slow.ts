import type { Random } from '../../testkit/random.ts';
import { type Input, requestText, type Step, sends } from '../input.ts';

/** Generates clients that send slowly, stop in the middle, close their side or disconnect. */
export function slow(random: Random): Input {
  const whole = random.pick([
    () => requestText(),
    () => requestText({ line: 'POST /let-go HTTP/1.1', headers: ['Content-Length: 20'], body: 'b'.repeat(20) }),
    () =>
      requestText({
        line: 'POST / HTTP/1.1',
        headers: ['Transfer-Encoding: chunked'],
        body: '5\r\nabcde\r\n0\r\n\r\n',
      }),
    () => requestText({ headers: [`X-Long: ${'l'.repeat(5000)}`] }),
    () => requestText() + requestText({ line: 'GET /showcount HTTP/1.1' }),
    () =>
      requestText({ line: 'POST / HTTP/1.1', headers: ['Content-Length: 5', 'Expect: 100-continue'], body: 'abcde' }),
    () => requestText({ line: 'PUT / HTTP/1.1', headers: ['Content-Length: 300000'], body: 'b'.repeat(100_000) }),
    () => requestText({ line: 'POST / HTTP/1.1', headers: ['Content-Length: 2000000'], body: 'b'.repeat(100_000) }),
  ])();
  const isCut = random.chance(0.4);
  const text = isCut ? whole.slice(0, random.int(0, whole.length)) : whole;
  const steps: Step[] = [];
  const drops = random.int(1, 8);
  for (let drop = 0; drop < drops; drop++) {
    const [from, to] = [drop, drop + 1].map((nth) => Math.floor((nth * text.length) / drops));
    steps.push(sends(text.slice(from, to)));
    if (random.chance(0.7)) steps.push({ kind: 'pause', ms: random.int(0, 25) });
  }
  const end = random.pick(['halfClose', 'reset', 'wait'] as const);
  if (end !== 'wait') steps.push({ kind: end });
  return { kind: 'slow', steps };
}
