import { type HttpCase, request } from './http-case.ts';

/** Separated by spaces. */
const words = (text: TemplateStringsArray) => String.raw(text).trim().split(/\s+/);

const AS_SENT = words`
  / /a /a/ // //a /a//b /a%2fb /a%2Fb /%61 /%7E /~ /; /a;b=c /a=b /a,b /a:b /a@b /!$&'()*+, /a|b /... /..a /a.. /.a /%25
  /%20 /+ /%0a /a/%C3%A9 /a? /? //? /?a /?a=b /?a=b&c=d /?&&==& /?a=%20+ /a?b?c /?/../a /?a/./b /?% /?%zz /?%00 /?\ /?a|b
  /?[a] /?a;b /?http://x.test/ /a:80/b /http://x.test/ /?^ /[a] /a/b/c/d/e /%ff /%2525 /a%3fb /a%23b /.well-known/x /-_.~
  /a.b.c /?q=a,b /?q=(a) /?q=a@b:c /?q=* /?q=! /* /?{a}`;

/** Nginx forwards these as they are; the edge in a form that RFC 3986 section 6.2.2 calls equivalent. */
const NORMALISED = {
  '/.': '/',
  '/./a': '/a',
  '/a/.': '/a/',
  '/a/./b': '/a/b',
  '/a/../b': '/b',
  '/a/..': '/',
  '/a/b/../..': '/',
  '/a/../b?c/../d': '/b?c/../d',
  '/%2e': '/',
  '/a/%2e%2e/b': '/b',
  '/a/.%2E/b': '/b',
  '/a/%2e/b': '/a/b',
  '/a"b': '/a%22b',
  '/{a}': '/%7Ba%7D',
  '/a^b': '/a%5Eb',
  '/a\\b': '/a%5Cb',
};

const MALFORMED = words`
  /% /%2 /%zz /%u1234 /%g0 /a%00 /%00 /.. /../ /../a /a/../.. /%2e%2e /%2e%2e/a /a/%2e%2e/.. /..%2fa /a//../../b ?q * \ `;

/** The runtime knows these as malformed and does not say so to the worker. */
const REJECTED_BY_RUNTIME = ['/a`b', '/<a>', '/?"', '/?<a>'];

const MALFORMED_BYTES = ['/a b', '/a\tb', '/a\u0001', '/a\u007f', '/caf\u00e9', '/\u009b31m', '/a\u0000'];

const withTarget = (target: string) => request(`GET ${target}`);
const line = (target: string) => `GET ${target} HTTP/1.1`;

/** The target of a request reaches the replica byte for byte. */
export const targetCases: HttpCase[] = [
  ...AS_SENT.map((target) => ({ target, seen: line(target), gets: '200' })),
  ...Object.entries(NORMALISED).map(([target, atEdge]) => ({
    target,
    seen: line(target),
    gets: '200',
    differs: { worker: { because: 'R1' as const, seen: line(atEdge) } },
  })),
  ...[...MALFORMED, ...MALFORMED_BYTES, 'a/b'].map((target) => ({ target, seen: null, gets: '400' })),
  ...REJECTED_BY_RUNTIME.map((target) => ({
    target,
    seen: line(target),
    gets: '200',
    differs: { worker: { because: 'R2' as const, seen: null, gets: '400' } },
  })),
  ...['/a#b', '/?a#b', '/#'].map((target) => ({
    target,
    seen: line(target),
    gets: '200',
    differs: { worker: { because: 'R1' as const, seen: line(target.replace(/#.*/, '')) } },
  })),
  {
    target: 'a',
    seen: null,
    gets: '400',
    differs: { worker: { because: 'R2' as const, seen: line('/'), gets: '200' } },
  },
  ...['http://h.test', 'http://h.test/', 'HTTP://h.test/', 'https://h.test/', 'ftp://h.test/'].map((target) => ({
    target,
    seen: line('/'),
    gets: '200',
  })),
  { target: 'http://h.test?q', seen: line('/?q'), gets: '200' },
  { target: 'http://h.test/a?q', seen: line('/a?q'), gets: '200' },
  { target: 'http://h.test//a', seen: line('//a'), gets: '200' },
].map(({ target, ...outcome }) => ({
  name: `B2: the target ${JSON.stringify(target)}`,
  sends: withTarget(target),
  ...outcome,
}));
