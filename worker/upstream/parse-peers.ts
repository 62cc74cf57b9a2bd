import { ROUTE_NAME } from '../../app/affinity/cookie.ts';
import { serverId } from '../../app/affinity/server-id.ts';

/** One peer of the upstream, declared by a line of `ORIGINS` with the parameters of Nginx's `server` directive. */
export interface PeerConfig {
  /** Scheme, host and port. */
  url: string;
  /** `host:port`. */
  address: string;
  /** The peer's value in the affinity cookie: its `route`, else the MD5 of its address. */
  sid: string;
  weight: number;
  /** Failures within `failTimeoutSeconds` that make the peer unavailable; with 0 no failure does. */
  maxFails: number;
  /** Both the window in which failures add up and the time for which the peer is then left out. */
  failTimeoutSeconds: number;
  /** Most requests at the same time; 0 means no limit. */
  maxConns: number;
  /** Used only when no primary can take the request. */
  backup: boolean;
  /** Gets no requests. */
  down: boolean;
  /** Keeps its clients and gets no new ones. */
  drain: boolean;
}

export class InvalidPeerError extends Error {
  override name = 'InvalidPeerError';
  readonly expected: string;
  /** The wrong word and its line. */
  readonly got: string;

  constructor(line: number, word: string, expected: string) {
    // A URL may contain a password, which must not appear in a message.
    const shown = JSON.stringify(word.replace(/\/\/.*@/, '//***@'));
    super(`expected ${expected}, got ${shown} in line ${line}`);
    this.expected = expected;
    this.got = `${shown} in line ${line}`;
  }
}

/** Nginx's units, in the only order in which one time may have several of them. A number without a unit is in seconds. */
const TIME =
  /^(?=\d)(?:(\d{1,6})y)?(?:(\d{1,6})M)?(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s?)?$/;
const DAY_SECONDS = 24 * 3600;
const UNIT_SECONDS = [365 * DAY_SECONDS, 30 * DAY_SECONDS, 7 * DAY_SECONDS, DAY_SECONDS, 3600, 60, 1];

/**
 * Parses `ORIGINS`: one peer on each line, with the parameters of Nginx's `server` directive (`weight= max_fails=
 * fail_timeout= max_conns= backup down drain route=`). Blank lines and lines that start with `#` are ignored.
 *
 * @throws {InvalidPeerError} naming the line, counted from 1, and the wrong word
 *
 * @example
 * parsePeers('http://127.0.0.1:5001 weight=2 max_fails=2 fail_timeout=5s');
 */
export function parsePeers(text: string): PeerConfig[] {
  const peers: PeerConfig[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const [url, ...parameters] = line.trim().split(/\s+/) as [string, ...string[]];
    if (url === '' || url.startsWith('#')) continue;
    const peer = parsePeer(url, parameters, (word, expected) => new InvalidPeerError(index + 1, word, expected));
    const twin = peers.find(({ address, sid }) => address === peer.address || sid === peer.sid);
    if (twin)
      throw new InvalidPeerError(index + 1, url, `an address and a route that no other line has (${twin.url} does)`);
    peers.push(peer);
  }
  return peers;
}

type Refuse = (word: string, expected: string) => InvalidPeerError;

function parsePeer(url: string, parameters: string[], refuse: Refuse): PeerConfig {
  const address = parseAddress(url, refuse);
  const peer: PeerConfig = {
    url: new URL(url).origin,
    address,
    sid: serverId(address),
    weight: 1,
    maxFails: 1,
    failTimeoutSeconds: 10,
    maxConns: 0,
    backup: false,
    down: false,
    drain: false,
  };

  for (const word of parameters) {
    const [name, value] = word.split(/=(.*)/s) as [string, string | undefined];
    const wholeNumber = (min: number): number => {
      if (value !== undefined && /^\d{1,9}$/.test(value) && Number(value) >= min) return Number(value);
      throw refuse(word, `${name}= and a whole number from ${min}`);
    };
    if (name === 'weight') peer.weight = wholeNumber(1);
    else if (name === 'max_fails') peer.maxFails = wholeNumber(0);
    else if (name === 'max_conns') peer.maxConns = wholeNumber(0);
    else if (name === 'fail_timeout') peer.failTimeoutSeconds = parseSeconds(word, value, refuse);
    else if (name === 'route') peer.sid = parseRoute(word, value, refuse);
    else if (word === 'backup' || word === 'down' || word === 'drain') peer[word] = true;
    else throw refuse(word, 'weight= max_fails= fail_timeout= max_conns= route= backup down or drain');
  }
  return peer;
}

function parseAddress(url: string, refuse: Refuse): string {
  const expected = 'http://host:port or https://host:port and nothing after it';
  if (!URL.canParse(url)) throw refuse(url, expected);
  const { protocol, hostname, port, pathname, search, hash, username, password } = new URL(url);
  const isWeb = protocol === 'http:' || protocol === 'https:';
  if (!isWeb || pathname !== '/' || `${search}${hash}${username}${password}` !== '') throw refuse(url, expected);
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

function parseSeconds(word: string, value: string | undefined, refuse: Refuse): number {
  const amounts = value?.match(TIME)?.slice(1);
  if (!amounts) throw refuse(word, 'a time such as fail_timeout=10s, 1m or 1h30m');
  return UNIT_SECONDS.reduce((sum, seconds, index) => sum + seconds * Number(amounts[index] ?? 0), 0);
}

function parseRoute(word: string, value: string | undefined, refuse: Refuse): string {
  if (value !== undefined && ROUTE_NAME.test(value)) return value;
  throw refuse(word, 'route= and 1 to 32 letters, digits, dots, dashes or underscores');
}
