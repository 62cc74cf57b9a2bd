import { randomBytes } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { type NginxVariant, startNginxFront } from '../../testkit/fronts/nginx.ts';
import { send } from '../../testkit/http/send.ts';
import { run } from '../../testkit/processes/command.ts';
import { createStubReplica } from '../../testkit/replicas/stub.ts';

/** The image has no pkill. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
const KILL_AWK = 'for exe in /proc/[0-9]*/exe; do [[ $(readlink "$exe") != *awk ]] || kill -9 "${exe//[^0-9]/}"; done';

/** Longer than a failure must have been away to have ended. */
const ENDED = { timeout: 60_000, interval: 200 };

/** Returns how many lines of Nginx a written line stands for. */
function countOf(line: string): number {
  return 1 + Number(line.match(/, and (\d+) more like it$/)?.[1] ?? 0);
}

describe.runIf(fronts.includes('nginx'))('the error log of nginx', () => {
  /** Starts Nginx before a dead replica. Each request to it fails. */
  async function startBeforeDead(variant: NginxVariant = {}) {
    const dead = await createStubReplica('A');
    await dead.stop();
    const timeouts = { connectTimeoutMs: 1000, readTimeoutMs: 10_000, cookieSecure: false };
    const front = await startNginxFront({ peers: [`${dead.url} max_fails=0`], ...timeouts }, variant);
    onTestFinished(front.close);
    return {
      front,
      host: new URL(dead.url).host,
      failures: () => front.logs.filter((line) => /\[error\] .*connect\(\) failed/.test(line)),
      async fail(requests: number) {
        for (let sent = 0; sent < requests; sent++) expect((await send(front.url)).status).toBe(502);
      },
    };
  }

  test('a dead replica is one line at first, then one a second with a count, and one when it has ended', async () => {
    const { front, host, failures, fail } = await startBeforeDead();
    const requests = 300;
    await fail(requests);
    const ended = () =>
      front.logs.map((line) => line.match(/mooring: ended after (\d+) lines in \d+ s: (.*)/)).find(Boolean);
    await expect.poll(ended, ENDED).toBeTruthy();
    const [, count, failure] = ended() ?? [];
    expect(failure).toMatch(/^connect\(\) failed \(111: Connection refused\) while connecting to upstream at /);
    expect(failure).toContain(host);
    expect(countOf(failures()[0] as string)).toBe(1);
    expect(failures().reduce((sum, line) => sum + countOf(line), 0)).toBe(Number(count));
    // Nginx starts a request again that reached nothing.
    expect(Number(count)).toBeGreaterThanOrEqual(requests);
    // A line for each second would be more on a slow machine; a line for each request never is fewer.
    expect(failures().length).toBeLessThan(requests / 2);
  }, 90_000);

  test('Nginx answers and logs on when the program that counts was killed', async () => {
    const containerName = `mooring-test-${randomBytes(4).toString('hex')}`;
    const { front, failures, fail } = await startBeforeDead({ containerName });
    await fail(1);
    await expect.poll(failures).toHaveLength(1);
    await run('docker', ['exec', containerName, 'bash', '-c', KILL_AWK]);
    // More lines than the pipe holds.
    await fail(600);
    await expect.poll(() => front.logs.some((line) => line.includes('starting it again'))).toBe(true);
    await expect.poll(() => failures().length).toBeGreaterThan(1);
  });
});
