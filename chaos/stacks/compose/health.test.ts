import { expect, test } from 'vitest';
import { serveHttp } from '../../../testkit/http/serve.ts';
import { createComposeHealth } from './health.ts';

/** Docker's health status, one word for each inspection; the last word is repeated. */
function healthOf(...words: string[]) {
  const run = async () => ({ code: 0, stdout: `${words.length > 1 ? words.shift() : words[0]}\n`, stderr: '' });
  return createComposeHealth({ run });
}

const replicaAt = (address: string) => ({ id: 'a', name: 'origin-1', address });

test('a replica is ready when it reports so itself, before the next health check of Docker', async () => {
  const statuses = [503, 503, 200];
  const address = await serveHttp((_, response) => response.writeHead(statuses.shift() as number).end());
  await healthOf('starting').untilReady(replicaAt(address));
  expect(statuses).toEqual([]);
});

test('a replica that cannot be reached from here is ready when Docker reports it as healthy', async () => {
  await healthOf('starting', 'healthy').untilReady(replicaAt('127.0.0.1:1'));
});

test('containers are healthy when all of them are', async () => {
  let asked = 0;
  const words = ['healthy\nstarting', 'healthy\nhealthy'];
  const run = async () => ({ code: 0, stdout: words[asked++] as string, stderr: '' });
  await createComposeHealth({ run }).untilHealthy(['a', 'b']);
  expect(asked).toBe(2);
});
