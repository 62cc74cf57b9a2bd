import { answer, type HttpCase, message, request } from './http-case.ts';

const OK = answer('200 OK').bytes;
const interim = (status: string, ...fields: string[]) => message(`HTTP/1.1 ${status}`, ...fields);
const post = (...fields: string[]) => request('POST /', 'Content-Length: 5', ...fields);

/** An interim response is not the response (RFC 9110 section 15.2). */
export const connectionCases: HttpCase[] = [
  ...['100-continue', '100-CONTINUE'].map((expect) => ({
    name: `Expect: ${expect} is answered before the body comes`,
    sends: [post(`Expect: ${expect}`), 'hello'],
    seen: 'POST / HTTP/1.1\n-Expect\n\nhello',
    gets: '100',
  })),
  {
    name: 'an unknown expectation',
    sends: `${post('Expect: 200-ok')}hello`,
    seen: 'POST / HTTP/1.1\n-Expect\n\nhello',
    gets: '200',
  },
  {
    name: 'an HTTP/1.0 client receives no interim response',
    sends: `${message('POST / HTTP/1.0', 'Host: h.test', 'Content-Length: 5', 'Expect: 100-continue')}hello`,
    seen: 'POST / HTTP/1.1\n-Expect\n\nhello',
    gets: '200\n\nok',
  },
  ...['103 Early Hints', '103 x'].map((status) => ({
    name: `a replica's ${status}`,
    sends: request('GET /'),
    answers: { bytes: interim(status, 'Link: </a>') + OK },
    gets: '200\n-Link\n\nok',
  })),
  {
    name: 'three interim responses of a replica',
    sends: request('GET /'),
    answers: { bytes: interim('103 Early Hints', 'Link: </a>').repeat(3) + OK },
    gets: '200\n-Link\n\nok',
  },
  ...['100 Continue', '102 Processing', '199 X'].map((status) => ({
    name: `a replica's ${status}`,
    sends: request('GET /'),
    answers: { bytes: interim(status) + OK, closes: true },
    gets: '200\n\nok',
    differs: { nginx: { because: 'X2' as const, gets: status.split(' ')[0] ?? '' } },
  })),
].map((row) => ({ ...row, name: `B10: ${row.name}` }));

const switching = (protocol: string) =>
  message('HTTP/1.1 101 Switching Protocols', 'Connection: upgrade', `Upgrade: ${protocol}`);

/** A connection is upgraded when client and replica want it. */
export const upgradeCases: HttpCase[] = [
  ...['h2c', 'foo/1', 'IRC/6.9, RTA/x11', 'TLS/1.0'].flatMap((protocol) => [
    {
      name: `an upgrade to ${protocol}`,
      sends: request('GET /', 'Connection: upgrade', `Upgrade: ${protocol}`),
      answers: { bytes: switching(protocol), closes: true },
      gets: `101\nUpgrade: ${protocol}`,
      differs: { worker: { because: 'R7' as const, gets: '502' } },
    },
    {
      name: `an upgrade to ${protocol} that the replica declines`,
      sends: request('GET /', 'Connection: upgrade', `Upgrade: ${protocol}`),
      seen: `GET / HTTP/1.1\nConnection: upgrade\nUpgrade: ${protocol}`,
      gets: '200\n\nok',
      differs: { worker: { because: 'R7' as const, seen: 'GET / HTTP/1.1\n-Connection\n-Upgrade' } },
    },
  ]),
  {
    name: 'no upgrade where the client asks for none',
    sends: request('GET /', 'Connection: keep-alive'),
    seen: 'GET / HTTP/1.1\n-Connection\n-Upgrade',
    gets: '200',
  },
].map((row) => ({ ...row, name: `B12: ${row.name}` }));
