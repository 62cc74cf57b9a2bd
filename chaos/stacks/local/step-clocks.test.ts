import { expect, onTestFinished, test } from 'vitest';
import { TEST_APP_FOLDER } from '../../../testkit/app/folder.ts';
import { bundleEdge } from '../../../worker/host/bundle.ts';
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

test('the script of the edge keeps its other exports, which the configuration of the runtime names', async () => {
  const { script } = await bundleEdge(TEST_APP_FOLDER);
  const stepped = withSteppedClock(script);
  expect(stepped).toMatch(/^export \{\s*figures\s*\};$/m);
  expect(stepped.match(/^export default /gm)).toHaveLength(1);
  expect(stepped).not.toMatch(/ as default/);
});
