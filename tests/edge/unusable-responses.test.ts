import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRecordingReplica, type RecordingReplica } from '../../testkit/replicas/recording.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';
import { type AskableFront, createFrontBefore } from '../affinity/fixture.ts';

const UNUSABLE = [
  ['has its length twice', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'],
  ['has two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
  ['has a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok'],
  ['has the status 600', 'HTTP/1.1 600 Odd\r\nContent-Length: 2\r\n\r\nok'],
  ['has the status 199', 'HTTP/1.1 199 Odd\r\nContent-Length: 2\r\n\r\nok'],
  ['switches protocols unasked', 'HTTP/1.1 101 Odd\r\nConnection: upgrade\r\nUpgrade: odd\r\n\r\n'],
  ['has a tab in its reason', 'HTTP/1.1 200 O\tK\r\nContent-Length: 2\r\n\r\nok'],
  ['has a header without a colon', 'HTTP/1.1 200 OK\r\nOdd\r\n\r\nok'],
  ['is no HTTP', 'HELLO\r\n\r\n'],
] as const;

const USABLE = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX-Replica: A\r\n\r\nA';

// Nginx forwards some of these responses unchanged; the worker's runtime does not allow that.
describe('a response that the edge cannot send on', () => {
  const kind = 'worker';
  let a: RecordingReplica;
  let b: StubReplica;
  let alone: AskableFront;
  let front: AskableFront;

  beforeAll(async () => {
    [a, b] = [await createRecordingReplica('A'), await createStubReplica('B')];
    alone = await createFrontBefore([a], kind, ['A max_conns=1']);
    front = await createFrontBefore([a, b], kind, ['A max_fails=0 max_conns=1', 'B']);
  });
  afterAll(async () => {
    await Promise.all([alone.close(), front.close()]);
    a.close();
    await b.stop();
  });

  test.each(UNUSABLE)(
    'A7: one that %s is answered 502 with the cookie of its replica, which stays free',
    async (_what, bytes) => {
      a.respond(bytes);
      expect(await alone.ask()).toBe('502 from the front, cookie of A');
      expect(await alone.ask({ method: 'POST' })).toBe('502 from the front, cookie of A');
      a.respond(USABLE);
      expect(await alone.ask()).toBe('200 from A, cookie of A');
    },
  );

  test.each(UNUSABLE)(
    'A6: one that %s is a failed try: a GET goes to the next peer, a POST does not',
    async (_what, bytes) => {
      a.respond(bytes);
      const before = b.requests.length;
      expect(await front.ask({ as: a })).toBe('200 from B, cookie of B');
      expect(await front.ask({ as: a, method: 'POST' })).toBe('502 from the front, cookie of A');
      expect(b.requests.slice(before).map(({ method }) => method)).toEqual(['GET']);
    },
  );
});
