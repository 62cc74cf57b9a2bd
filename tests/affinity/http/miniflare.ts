/**
 * The cases in which the edge worker does something else in Miniflare than in workerd alone, by the reason in
 * docs/affinity.md. `…` stands for any end.
 */
const DIFFERENCES = {
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
};

export const MINIFLARE_REASONS = Object.keys(DIFFERENCES);

export const titles = Object.values(DIFFERENCES).flat();

/** Whether a title, which may be cut off, is that of the case with this name. */
export function isTitleOf(title: string, name: string): boolean {
  return title.endsWith('…') ? name.startsWith(title.slice(0, -1)) : name === title;
}

/** Whether Miniflare differs in the case with this name. */
export function differsInMiniflare(name: string): boolean {
  return titles.some((title) => isTitleOf(title, name));
}
