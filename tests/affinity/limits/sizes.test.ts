import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FrontOptions, LoggedFront } from '../../../testkit/fronts/front.ts';
import { fronts, startFront } from '../../../testkit/fronts/fronts.ts';
import { exchange } from '../../../testkit/http/exchange.ts';
import { createRawReplica, OK, type RawReplica } from '../../../testkit/replicas/raw.ts';
import { request } from '../http/http-case.ts';

const chunked = (length: number) => `${length.toString(16)}\r\n${'b'.repeat(length)}\r\n0\r\n\r\n`;
const withLength = (method: string, length: number) =>
  `${request(`${method} /`, `Content-Length: ${length}`)}${'b'.repeat(length)}`;
const withChunks = (method: string, length: number) =>
  `${request(`${method} /`, 'Transfer-Encoding: chunked')}${chunked(length)}`;
const withTarget = (length: number) => request(`GET /${'t'.repeat(length - 1)}`);
const withField = (length: number) => request('GET /', `X-Large: ${'v'.repeat(length)}`);
const withFields = (count: number, length = 1) =>
  request('GET /', ...Array.from({ length: count }, (_, nth) => `X-${nth}: ${'v'.repeat(length)}`));

const withLines = (count: number, name: string) => request('GET /', ...Array<string>(count).fill(`${name}: a=1`));

const BODY_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'GET', 'HEAD'];

/** Bytes of a client, and the status that it receives. */
type SizeCase = [what: string, sends: string, status: number | { nginx: number; worker: number }];

const SUITES: { limits: FrontOptions['limits']; cases: SizeCase[] }[] = [
  {
    limits: { CLIENT_BODY_MAX_BYTES: '1000' },
    cases: [
      ...BODY_METHODS.flatMap((method): SizeCase[] => [
        [`B15: ${method} with 1000 bytes`, withLength(method, 1000), 200],
        [`B15: ${method} with 1001 bytes`, withLength(method, 1001), 413],
        [`B15: ${method} with 1000 bytes in chunks`, withChunks(method, 1000), 200],
        [`B15: ${method} with 1001 bytes in chunks`, withChunks(method, 1001), 413],
      ]),
      ['B15: a length without any body yet', request('PUT /', 'Content-Length: 1001'), 413],
      ['B15: 1 TB', request('PUT /', 'Content-Length: 1000000000000'), 413],
      ['B15: 1001 bytes that wait for 100', request('PUT /', 'Content-Length: 1001', 'Expect: 100-continue'), 413],
      ['B15: no bytes', withLength('POST', 0), 200],
    ],
  },
  {
    limits: { CLIENT_BODY_MAX_BYTES: 'off' },
    cases: [
      ['B15: 2 MB where there is no limit', withLength('PUT', 2_000_000), 200],
      ['B15: 2 MB in chunks where there is no limit', withChunks('PUT', 2_000_000), 200],
    ],
  },
  {
    // More than the worker holds in memory.
    limits: { CLIENT_BODY_MAX_BYTES: '3000000' },
    cases: ['POST', 'PUT', 'GET'].flatMap((method): SizeCase[] => [
      [`B15: ${method} with 3000000 bytes in chunks`, withChunks(method, 3_000_000), 200],
      [`B15: ${method} with 3000001 bytes in chunks`, withChunks(method, 3_000_001), 413],
    ]),
  },
  {
    limits: { CLIENT_HEADER_MAX_BYTES: '8192', CLIENT_HEADER_MAX_FIELDS: '20' },
    cases: [
      ['B16: a target of 8000 bytes', withTarget(8000), 200],
      ['B16: a target of 8200 bytes', withTarget(8200), 414],
      ['B16: a target of 20000 bytes', withTarget(20_000), 414],
      ['B16: a query of 8200 bytes', request(`GET /?${'q'.repeat(8200)}`), 414],
      ['B16: a field of 8000 bytes', withField(8000), 200],
      ['B16: a field of 8200 bytes', withField(8200), 431],
      ['B16: a field of 20000 bytes', withField(20_000), 431],
      ['B16: a name of 8200 bytes', request('GET /', `${'n'.repeat(8200)}: v`), 431],
      ['B16: a cookie of 8200 bytes', request('GET /', `Cookie: a=${'v'.repeat(8200)}`), 431],
      ['B16: 30 lines of Set-Cookie', withLines(30, 'Set-Cookie'), 431],
      // The runtime joins them (R4).
      ['B16: 30 lines of one name', withLines(30, 'X-A'), { nginx: 431, worker: 200 }],
      ['B16: 10 fields of 700 bytes', withFields(10, 700), 200],
      // Nginx also has a first buffer of 4 KiB.
      ['B16: 10 fields of 1300 bytes', withFields(10, 1300), 431],
      ['B16: a target and a field of 6200 bytes', request(`GET /${'t'.repeat(6200)}`, `X: ${'v'.repeat(6200)}`), 431],
      ['B16: 19 fields and Host', withFields(19), 200],
      ['B16: 20 fields and Host', withFields(20), 431],
    ],
  },
  {
    limits: {},
    cases: [
      ['B15: 1 MiB by default', withLength('PUT', 1_048_576), 200],
      ['B15: a byte more than 1 MiB by default', withLength('PUT', 1_048_577), 413],
      ['B15: 1 MiB in chunks by default', withChunks('PUT', 1_048_576), 200],
      ['B15: a byte more than 1 MiB in chunks by default', withChunks('PUT', 1_048_577), 413],
      ['B16: a target of 64000 bytes by default', withTarget(64_000), 200],
      ['B16: a target of 66000 bytes by default', withTarget(66_000), 414],
      ['B16: a field of 64000 bytes by default', withField(64_000), 200],
      ['B16: a field of 70000 bytes by default', withField(70_000), 431],
      ['B16: 255 fields and Host by default', withFields(255), 200],
      ['B16: 256 fields and Host by default', withFields(256), 431],
    ],
  },
];

const PAIRS = fronts.flatMap((kind) => SUITES.map((suite) => ({ kind, ...suite })));

describe.each(PAIRS)('a request to $kind with $limits', ({ kind, limits, cases }) => {
  let replica: RawReplica;
  let front: LoggedFront;

  beforeAll(async () => {
    replica = await createRawReplica('A');
    replica.answer(OK);
    front = await startFront(kind, { peers: [`${replica.url} max_fails=0`], ...(limits && { limits }) });
  });
  afterAll(async () => {
    await front.close();
    replica.close();
  });

  test.each(cases)('%s', async (_what, sends, expected) => {
    const status = typeof expected === 'number' ? expected : expected[kind === 'nginx' ? 'nginx' : 'worker'];
    const before = replica.requests.length;
    expect(await exchange(front.url, sends)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(replica.requests.length - before).toBe(status === 200 ? 1 : 0);
  });
});
