import { describe, expect, onTestFinished, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { startNginxFront } from '../../testkit/fronts/nginx.ts';
import { send } from '../../testkit/http/send.ts';
import { createStubReplica } from '../../testkit/replicas/stub.ts';

/** Longer than a failure must have been away to have ended. */
const ENDED = { timeout: 60_000, interval: 200 };

/** Returns how many lines of Nginx a written line stands for. */
function countOf(line: string): number {
  return 1 + Number(line.match(/, and (\d+) more like it$/)?.[1] ?? 0);
}

describe.runIf(fronts.includes('nginx'))('the error log of nginx', () => {
  test('a dead replica is one line at first, then one a second with a count, and one when it has ended', async () => {
    const dead = await createStubReplica('A');
    await dead.stop();
    const front = await startNginxFront({
      peers: [`${dead.url} max_fails=0`],
      connectTimeoutMs: 1000,
      readTimeoutMs: 10_000,
      cookieSecure: false,
    });
    onTestFinished(front.close);
    const failures = () => front.logs.filter((line) => /\[error\] .*connect\(\) failed/.test(line));
    const requests = 300;
    for (let sent = 0; sent < requests; sent++) expect((await send(front.url)).status).toBe(502);
    const ended = () =>
      front.logs.map((line) => line.match(/mooring: ended after (\d+) lines in \d+ s: (.*)/)).find(Boolean);
    await expect.poll(ended, ENDED).toBeTruthy();
    const [, count, failure] = ended() ?? [];
    expect(failure).toMatch(/^connect\(\) failed \(111: Connection refused\) while connecting to upstream at /);
    expect(failure).toContain(new URL(dead.url).host);
    expect(countOf(failures()[0] as string)).toBe(1);
    expect(failures().reduce((sum, line) => sum + countOf(line), 0)).toBe(Number(count));
    // Nginx starts a request again that reached nothing.
    expect(Number(count)).toBeGreaterThanOrEqual(requests);
    // A line for each second would be more on a slow machine; a line for each request never is fewer.
    expect(failures().length).toBeLessThan(requests / 2);
  }, 90_000);
});
