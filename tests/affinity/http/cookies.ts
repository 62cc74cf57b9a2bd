import { type HttpCase, request } from './http-case.ts';

const SID = '0123456789abcdef0123456789abcdef';
/** The replica's verdict is the balancer's: the cookie names another replica, or there is none. */
const MOVED = '200\nX-Affinity: moved';
const NEW = '200\nX-Affinity: new';
const INVALID = '200\nX-Affinity: invalid';

const ONE_LINE: [cookie: string, gets: string][] = [
  [`srv_id=${SID}`, MOVED],
  [`a=1; srv_id=${SID}`, MOVED],
  [`a=1;srv_id=${SID}`, MOVED],
  [`srv_id=${SID}; a=1`, MOVED],
  [`SRV_ID=${SID}`, MOVED],
  [`srv_id=${SID}; srv_id=x`, MOVED],
  [`srv_id=x; srv_id=${SID}`, INVALID],
  [`srv_id="${SID}"`, INVALID],
  [`xsrv_id=${SID}`, NEW],
  [`a=srv_id=${SID}`, NEW],
  ['srv_id=', NEW],
  ['srv_id', NEW],
  ['', NEW],
  ['a=b=c; d="e; f"; g=\u00e9', NEW],
  ['a={"b": 1}', NEW],
];

const TWO_LINES: [first: string, second: string, gets: string][] = [
  ['a=1', `srv_id=${SID}`, MOVED],
  ['a=1', `srv_id=${SID}; b=2`, MOVED],
  ['a=1', `b=2; srv_id=${SID}`, MOVED],
  ['a=1; b=2', `c=3;srv_id=${SID}`, MOVED],
  [`srv_id=${SID}`, 'a=1', MOVED],
  [`a=1; srv_id=${SID}`, 'b=2', MOVED],
  [`srv_id=${SID}`, 'srv_id=x', MOVED],
  ['srv_id=x', `srv_id=${SID}`, INVALID],
  ['a=1', 'b=2', NEW],
];

/** The affinity cookie is found in any line, and the lines reach the replica. */
export const cookieCases: HttpCase[] = [
  ...ONE_LINE.map(([cookie, gets]) => ({
    name: `B5: the cookie ${JSON.stringify(cookie)}`,
    sends: request('GET /', `Cookie: ${cookie}`),
    seen: `GET / HTTP/1.1\nCookie: ${cookie}`,
    gets,
    ...(cookie === '' && { differs: { worker: { because: 'R5' as const, seen: 'GET / HTTP/1.1\n-Cookie' } } }),
  })),
  ...TWO_LINES.map(([first, second, gets]) => ({
    name: `B5: the cookies ${JSON.stringify(first)} and ${JSON.stringify(second)}`,
    sends: request('GET /', `Cookie: ${first}`, `Cookie: ${second}`),
    seen: `GET / HTTP/1.1\nCookie: ${first}\nCookie: ${second}`,
    gets,
    differs: { worker: { because: 'R4' as const, seen: `GET / HTTP/1.1\nCookie: ${first}, ${second}` } },
  })),
];
