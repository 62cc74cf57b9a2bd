import type { RunnerTask, RunnerTestCase, RunnerTestFile } from 'vitest';

/** The reasons in docs/affinity.md. */
export const MINIFLARE_REASONS = ['M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'M7'] as const;
type MiniflareReason = (typeof MINIFLARE_REASONS)[number];

/**
 * The cases in which the edge worker does something else in Miniflare than in workerd alone, by file and reason. A title begins
 * below the suite that names the front; `…` stands for any end.
 */
const DIFFERENCES: Record<string, Partial<Record<MiniflareReason, readonly string[]>>> = {
  'http/http.test.ts': {
    M1: [
      'B2: the target "/a\\\\b"',
      'B2: the target "/.."',
      'B2: the target "/../"',
      'B2: the target "/../a"',
      'B2: the target "/a/../.."',
      'B2: the target "/%2e%2e"',
      'B2: the target "/%2e%2e/a"',
      'B2: the target "/a/%2e%2e/.."',
      'B2: the target "/a//../../b"',
      'B2: the target "*"',
    ],
    M2: [
      'B3: the host *',
      'B3: the host a,b',
      "B3: the host !$&'()*+,;=~",
      'B3: the host [a]',
      'B3: the host []',
      'B3: the malformed host "a b"',
      'B3: the malformed host "a\\"b"',
      'B3: the malformed host "<a>"',
      'B3: the malformed host "a\x7f"',
      'B3: the malformed host "h:65536"',
      'B3: the malformed host "h:99999"',
      'B3: the malformed host "h:x"',
      'B3: the malformed host "h:-1"',
      'B3: the malformed host "h:80:81"',
      'B3: the malformed host "h:1.2"',
      'B3: the malformed host ":80"',
      'B3: the malformed host "::1"',
      'B3: the malformed host "[::1"',
      'B3: the malformed host "[::1]x"',
      'B3: the malformed host "[::1]."',
      'B3: the malformed host "[a/b]"',
      'B3: the malformed host "x[::1]"',
      'B3: the malformed host "a^b"',
      'B3: the malformed host "a`b"',
      'B3: the malformed host "a|b"',
      'B3: the malformed host "{a}"',
      'B3: two hosts',
      'B3: the same host twice',
    ],
    M3: [
      'B4: the line "Accept-Encoding: br;q=1, …',
      'B4: the line "Accept-Encoding: identity"',
      'B4: the line "Accept-Encoding: gzip"',
      'B4: two lines of Accept-Encoding',
      'B4: no Accept-Encoding where the client…',
      'B7: a body in br',
      'B7: a part of a body in br',
      'B7: chunks in br',
      'B7: a body in br that ends with its con…',
      'B7: a 304 for a body in br',
      'B7: an answer with Content-Encoding of …',
      'B7: a part of a body',
      'B7: all bytes',
      'B7: a long text',
      'B7: a body of 1 bytes',
      'B7: a body of 100 bytes',
      'B7: a body of 16384 bytes',
      'B7: a body of 16385 bytes',
      'B7: a body of 70000 bytes',
      'B7: an empty body',
      'B7: an empty body in chunks',
    ],
    M4: ["B4: the client's X-Real-IP is replaced", "B4: the client's X-Forwarded-For is rep…"],
  },
  'hostile-input.test.ts': {
    M2: [
      'two hosts is answered 400 and reaches no replica',
      'an invalid host is answered 400 and reaches no replica',
      'a host with two ports is answered 400 and reaches no replica',
      'a host with an invalid port is answered 400 and reaches no replica',
      'a host with its brackets open is answered 400 and reaches no replica',
      "the host !$&'()*+,;=~ has no part in the path",
      'the host a%zz has no part in the path',
      'the host [a] has no part in the path',
    ],
  },
  'limits/in-flight.test.ts': {
    M4: [
      'B20: a request counts with its kind alone, for one client and for all',
      'B20: a HEAD counts with its kind alone, for one client and for all',
      'B20: a POST without a body counts with its kind alone, for one client and for all',
      'B20: an upload counts with its kind alone, for one client and for all',
      'B20: an upload that asks for an event stream counts with its kind alone, for one client and for all',
      'B20: an event stream counts with its kind alone, for one client and for all',
    ],
  },
  'limits/sizes.test.ts': {
    M5: ['B16: 19 fields and Host', 'B16: 255 fields and Host by default'],
  },
  'proxy-bodies.test.ts': {
    M6: ['a POST that asks for a WebSocket stays a POST'],
  },
  'proxy-headers.test.ts': {
    M4: [
      'V3: the address of the client and the request id, when the client sends nothing',
      'V3: the address of the client and the request id, when the client sends lies',
    ],
  },
  'trust.test.ts': {
    M4: [
      'with TRUST_PROXY=none > V6: {}',
      'with TRUST_PROXY=none > V6: {"X-Mooring-Client":"unverified"}',
      'with TRUST_PROXY=none > V6: {"X-Forwarded-For":"10.1.1.1"}',
      'with TRUST_PROXY=none > V6: {"X-Real-IP":"10.1.1.1"}',
      'with TRUST_PROXY=none > V6: {"Forwarded":"for=10.1.1.1"}',
      'with TRUST_PROXY=x-forwarded-for:1 from 10.0.0.0/8,2001:db8::/32 > V6: {"X-Forwarded-For":"10.1.1.1"}',
      'with TRUST_PROXY=nginx from loopback > V6: {"X-Real-IP":"203.0.113.7","X-Forwarded-For":"10.1.1.1"}',
      'with TRUST_PROXY=x-forwarded-for:1 from loopback > V6: {"X-Forwarded-For":"203.0.113.7"}',
      'with TRUST_PROXY=x-forwarded-for:1 from loopback > V6: {"X-Forwarded-For":"203.0.113.7:443"}',
      'with TRUST_PROXY=x-forwarded-for:1 from loopback > V6: {"X-Forwarded-For":"10.0.0.9, 6.6.6.6, 203.0.113.7:51234"}',
      'with TRUST_PROXY=x-forwarded-for:1 from loopback > V6: {"X-Forwarded-For":"203.0.113.7","X-Real-IP":"10.1.1.1","CF-Connecting-IP":"10.1.1.1"}',
      'with TRUST_PROXY=x-forwarded-for:2 from loopback, private > V6: {"X-Forwarded-For":"6.6.6.6, 203.0.113.7, 192.0.2.9"}',
      'with TRUST_PROXY=x-forwarded-for:2 from loopback, private > V6: {"X-Forwarded-For":"6.6.6.6,203.0.113.7:1,[2001:db8::9]:2"}',
      'with TRUST_PROXY=cloudflare from loopback > V6: {"CF-Connecting-IP":"203.0.113.7","X-Real-IP":"10.1.1.1","X-Forwarded-For":"10.1.1.1"}',
      'with TRUST_PROXY=nginx from loopback > V6: {"X-Real-IP":"203.0.113.7","X-Mooring-Client":"unverified"}',
      'with TRUST_PROXY=nginx from loopback > V6: {"X-Request-ID":"same"}',
      'with TRUST_PROXY=x-forwarded-for:1 from loopback > V6: {"X-Forwarded-For":"[2001:db8::7]:443"}',
      'with TRUST_PROXY=x-forwarded-for:1 from loopback > V6: {"X-Forwarded-For":"2001:db8::7"}',
      'with TRUST_PROXY=x-forwarded-for:1 from loopback > V6: {"X-Forwarded-Host":"app.example"}',
    ],
    M7: [
      'with TRUST_PROXY=none > V6: {"X-Forwarded-Proto":"https"}',
      'with TRUST_PROXY=x-forwarded-for:1 from loopback > V6: {"X-Forwarded-Proto":"https, http"}',
      'with TRUST_PROXY=x-forwarded-for:2 from loopback, private > V6: {"X-Forwarded-Proto":"http, https, http"}',
    ],
  },
};

/**
 * Makes the listed cases of a file expected failures in Miniflare: they fail when Miniflare no longer differs.
 *
 * @throws when a listed case is not there
 */
export function expectDifferences(file: RunnerTestFile): void {
  const [, byReason = {}] = Object.entries(DIFFERENCES).find(([path]) => file.name.endsWith(`affinity/${path}`)) ?? [];
  const cases = casesOf(file).filter(({ fullTestName }) => fullTestName.split(' > ', 1)[0]?.includes('miniflare'));
  if (cases.length === 0) return;
  for (const title of Object.values(byReason).flat()) {
    const differing = cases.filter((one) => isTitleOf(title, one));
    if (differing.length === 0) throw new Error(`Miniflare differs in "${title}", but there is no such case`);
    for (const one of differing) one.fails = true;
  }
}

function casesOf(task: RunnerTask): RunnerTestCase[] {
  return task.type === 'test' ? [task] : task.tasks.flatMap(casesOf);
}

function isTitleOf(title: string, { fullTestName }: RunnerTestCase): boolean {
  const name = fullTestName.slice(fullTestName.indexOf(' > ') + ' > '.length);
  return title.endsWith('…') ? name.startsWith(title.slice(0, -1)) : name === title;
}
