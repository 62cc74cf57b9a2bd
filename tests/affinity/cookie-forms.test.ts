import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fronts } from '../../testkit/fronts/fronts.ts';
import { createStubReplica, type StubReplica } from '../../testkit/replicas/stub.ts';
import { type AskableFront, createStage, stage } from './fixture.ts';

/** Placeholder for the second peer's SID in the rows below. */
const SID = 'SID';

const HONOURED = [
  'srv_id=SID',
  'SRV_ID=SID',
  'Srv_Id=SID',
  'a=b; srv_id=SID',
  'a=b;srv_id=SID',
  'a=b;  srv_id=SID',
  '; srv_id=SID',
  'a=b;;srv_id=SID',
  'srv_id=SID; a=b',
  'srv_id=SID;a=b',
  'srv_id =SID',
  'srv_id= SID',
  'srv_id = SID',
  'xsrv_id=bad; srv_id=SID',
  'a="x; srv_id=SID; y"',
  '$Version=1; srv_id=SID; $Path=/',
  'srv_idx=1; srv_id=SID',
  'srv_idx; srv_id=SID',
  'srv_id; x=1; srv_id=SID',
  'srv_id ;y; srv_id=SID',
  'a=caf\u00e9; srv_id=SID',
];

const BALANCED_AS_NEW = [
  '',
  'srv_id=unknown',
  'srv_id=00000000000000000000000000000000',
  'srv_id="SID"',
  'srv_id=SID ;a=b',
  'a=b,srv_id=SID',
  'srv_id=SID,',
  'a=b;\tsrv_id=SID',
  'a=b srv_id=SID',
  'xsrv_id=SID',
  'a=srv_id=SID',
  'srv_id=SID0',
  'srv_id==SID',
  'srv_id',
  'srv_id=',
  'srv_id=../../etc/passwd',
  'srv_id=<script>',
  'srv_id=caf\u00e9',
];

/** To the edge these look like two lines (docs/affinity.md, R4). No cookie may contain a comma. */
const LIKE_TWO_LINES = ['a=b, srv_id=SID', ', srv_id=SID', 'srv_id=SID, a=b'];

const FIRST_COUNTS = ['srv_id=; srv_id=SID', 'srv_id=bad; srv_id=SID', 'SRV_ID=bad; srv_id=SID'];

const NAME_SWALLOWS_NEXT = ['srv_id; srv_id=SID', 'srv_id;srv_id=SID', 'srv_id ; srv_id=SID'];

describe.each(fronts)('cookies that %s reads', (kind) => {
  let front: AskableFront;
  let a: StubReplica;
  let b: StubReplica;

  beforeAll(async () => {
    // A client that is balanced as new practically always comes to A.
    [front, a, b] = await createStage(kind, ['A weight=1000', 'B']);
  });
  afterAll(() => front.close());

  const askWith = (cookie: string) => front.ask({ cookie: cookie.replaceAll(SID, b.sid) });

  test.each(HONOURED)('A4: %j leads to its peer', async (cookie) => {
    expect(await askWith(cookie)).toBe('200 from B, cookie of B');
  });

  test.each(BALANCED_AS_NEW)('A3: %j is balanced as new', async (cookie) => {
    expect(await askWith(cookie)).toBe('200 from A, cookie of A');
  });

  const asTwoLines =
    kind === 'nginx'
      ? 'A3: %j, which is one cookie, is balanced as new'
      : 'A4: %j, which may be two lines, leads to its peer';
  test.each(LIKE_TWO_LINES)(asTwoLines, async (cookie) => {
    expect(await askWith(cookie)).toBe(kind === 'nginx' ? '200 from A, cookie of A' : '200 from B, cookie of B');
  });

  test('A3: the SID in upper case is balanced as new', async () => {
    expect(await askWith(`srv_id=${b.sid.toUpperCase()}`)).toBe('200 from A, cookie of A');
  });

  test.each([100, 8000, 50_000])('A3: a value of %i characters is balanced as new', async (length) => {
    expect(await askWith(`srv_id=${'f'.repeat(length)}`)).toBe('200 from A, cookie of A');
  });

  test.each([100, 8000, 50_000])('A4: it is found behind another cookie of %i characters', async (length) => {
    expect(await askWith(`a=${'x'.repeat(length)}; srv_id=SID`)).toBe('200 from B, cookie of B');
  });

  test.each(FIRST_COUNTS)('A10: of two cookies the first one counts, whatever its value: %j', async (cookie) => {
    expect(await askWith(cookie)).toBe('200 from A, cookie of A');
  });

  test('A10: of two cookies that name peers the first one counts', async () => {
    expect(await askWith(`srv_id=SID; srv_id=${a.sid}`)).toBe('200 from B, cookie of B');
    expect(await askWith(`srv_id=${a.sid}; srv_id=SID`)).toBe('200 from A, cookie of A');
  });

  test.each(NAME_SWALLOWS_NEXT)('A10: a name without a value swallows the pair that follows: %j', async (cookie) => {
    expect(await askWith(cookie)).toBe('200 from A, cookie of A');
  });

  test.each(['srv_id=SID', 'theme=dark; SRV_ID=bad; srv_id=SID;  x="y; z"', 'srv_id=unknown'])(
    'A10: the peer gets %j untouched',
    async (template) => {
      const cookie = template.replaceAll(SID, b.sid);
      const earlier = a.requests.length + b.requests.length;
      await front.ask({ cookie });
      const requests = [...a.requests, ...b.requests];
      expect(requests).toHaveLength(earlier + 1);
      expect(requests.filter(({ headers }) => headers.cookie === cookie)).not.toEqual([]);
    },
  );
});

describe.each(fronts)('addresses in cookies that %s reads', (kind) => {
  test('A3: no request ever goes to an address that comes from a cookie', async () => {
    const decoy = await createStubReplica('decoy');
    const [front] = await stage(kind, ['A weight=1000', 'B']);
    for (const value of [decoy.address, decoy.url, decoy.sid, `@${decoy.address}`, `//${decoy.address}/`]) {
      expect(await front.ask({ cookie: `srv_id=${value}` })).toBe('200 from A, cookie of A');
    }
    expect(decoy.connectionCount()).toBe(0);
    await decoy.stop();
  });
});
