import { expect, onTestFinished, test } from 'vitest';
import { CLOCK_HEADER, withSteppedClock } from './step-clocks.ts';

const SCRIPT = `var index_default = { fetch: () => new Response(String(Date.now() - new Date(0).getTime())) };
export {
  index_default as default
};
// a comment of the bundler's`;

test("a request with the header steps a worker's clock, and other requests change nothing", async () => {
  const [date, now] = [globalThis.Date, performance.now];
  onTestFinished(() => {
    globalThis.Date = date;
    performance.now = now;
  });
  const module = await import(`data:text/javascript,${encodeURIComponent(withSteppedClock(SCRIPT))}`);
  const worker = module.default as { fetch(request: Request): Promise<Response> };
  const ask = async (headers = {}) => Number(await (await worker.fetch(new Request('http://a/', { headers }))).text());
  const aheadMs = async () => (await ask()) - date.now();
  expect(Math.abs(await aheadMs())).toBeLessThan(1_000_000);
  await ask({ [CLOCK_HEADER]: '7200000' });
  expect(await aheadMs()).toBeGreaterThan(7_000_000);
  await ask({ [CLOCK_HEADER]: '0' });
  expect(Math.abs(await aheadMs())).toBeLessThan(1_000_000);
});

test('a script without a default export is rejected', () => {
  expect(() => withSteppedClock('export const a = 1;')).toThrow('no default export');
});
