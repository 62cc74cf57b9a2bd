import type { Context } from 'hono';
import { parseForwardedAddress } from '../lib/ip-address.ts';
import { isTrustedProxy, type TrustedProxy, type TrustProxy } from './trust-proxy.ts';

/** Who made a request, and the request's id. */
export interface ClientInfo {
  /** The client's address in canonical form, or `unknown`. */
  clientIp: string;
  requestId: string;
  /**
   * Whether `clientIp` is certainly the client's own address. It is not when an untrusted proxy may stand between the client and
   * this server, or when a trusted proxy gave no address. An unverified client has no privileges.
   */
  isVerified: boolean;
  /** The scheme that the client used, as reported by a trusted proxy; else the scheme of the request's URL, or `ownScheme`. */
  scheme: 'http' | 'https';
  /** The hosts that the request is for, `name` or `name:port`; first the one that the client asked for. */
  hosts: string[];
}

/** @param header reads the request's headers; `headersOf` by default */
export type ResolveClient = (c: Context, header?: ReadHeader) => ClientInfo;

type ReadHeader = (lowerCaseName: string) => string | undefined;

export interface ClientResolverOptions {
  /** The address at the other end of the connection, in canonical form; undefined where the runtime does not know it. */
  remoteAddress: (c: Context) => string | undefined;
  trust: TrustProxy;
  /** Returns what reads a request's headers by their lower-case names. */
  headersOf?: (c: Context) => ReadHeader;
  /** Called with the peer address of an untrusted connection that sends forwarding headers. */
  onUntrustedProxy?: (remoteAddress: string | undefined) => void;
  /** The scheme where no trusted proxy names one. By default that of the request's URL. */
  ownScheme?: (c: Context) => ClientInfo['scheme'];
  newRequestId?: () => string;
}

/** Stands for a client address that is not known. */
const UNKNOWN_CLIENT = 'unknown';

/** Our own balancers add this header with the value `unverified` when the client's address is not verified. */
export const CLIENT_NOTE_HEADER = 'X-Mooring-Client';
export const UNVERIFIED = 'unverified';
const CLIENT_NOTE = CLIENT_NOTE_HEADER.toLowerCase();

/** Any of these headers shows that a proxy stands between the client and this connection, or that the client pretends so. */
const FORWARDING_HEADERS = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'forwarded',
  'via',
];

/** The form of request ids that are kept. Others are replaced, so that an id is safe in a log line and fits its column. */
const REQUEST_ID = /^[\w.:+/=-]{1,64}$/;

/**
 * Returns a new request id in the form that the stack's Nginx uses: seconds since the epoch, and 16 random hexadecimal
 * digits. The time makes ids ascend, so that a new one goes to the end of the database's index, however long the log is.
 */
export function newRequestId(): string {
  const random = crypto.randomUUID();
  return `${(Date.now() / 1000).toFixed(3)}-${random.slice(0, 8)}${random.slice(-8)}`;
}

/**
 * Creates the function that finds out who made a request. Forwarding headers count only on a connection from a trusted proxy,
 * and only the headers that its preset names, because a proxy passes on all others as the client sent them. When the address
 * cannot be read, the client is `unknown`; the proxy's own address is never used instead.
 */
export function createClientResolver(options: ClientResolverOptions): ResolveClient {
  const { remoteAddress, trust, onUntrustedProxy = () => {}, ownScheme = schemeOfUrl } = options;
  const generateRequestId = options.newRequestId ?? newRequestId;
  const headersOf = options.headersOf ?? ((c) => (name) => c.req.header(name));

  function direct(c: Context, header: ReadHeader, remoteIp: string | undefined): ClientInfo {
    const isForwarded = FORWARDING_HEADERS.some((name) => header(name) !== undefined);
    if (isForwarded) onUntrustedProxy(remoteIp);
    return {
      clientIp: remoteIp ?? UNKNOWN_CLIENT,
      requestId: generateRequestId(),
      isVerified: remoteIp !== undefined && !isForwarded,
      scheme: ownScheme(c),
      hosts: hostsOf(header, undefined),
    };
  }

  return function resolveClient(c, header = headersOf(c)) {
    const remoteIp = remoteAddress(c);
    if (!isTrustedProxy(trust, remoteIp)) return direct(c, header, remoteIp);
    const clientIp = forwardedAddress(header, trust);
    const requestId = trust.preset === 'nginx' ? header('x-request-id') : undefined;
    const forwardedHost = trust.preset === 'cloudflare' ? undefined : header('x-forwarded-host');
    return {
      clientIp: clientIp ?? UNKNOWN_CLIENT,
      requestId: requestId !== undefined && REQUEST_ID.test(requestId) ? requestId : generateRequestId(),
      isVerified: clientIp !== undefined && header(CLIENT_NOTE) !== UNVERIFIED,
      scheme: forwardedScheme(header, trust) ?? ownScheme(c),
      hosts: hostsOf(header, forwardedHost),
    };
  };
}

/** Returns the client's address from the one header that the preset trusts. */
function forwardedAddress(header: ReadHeader, trust: TrustedProxy): string | undefined {
  if (trust.preset === 'nginx') return parsedAddress(header('x-real-ip'));
  if (trust.preset === 'cloudflare') return parsedAddress(header('cf-connecting-ip'));
  const hops = header('x-forwarded-for')?.split(',').slice(-trust.hops) ?? [];
  const addresses = hops.map(parseForwardedAddress);
  // Each trusted proxy appends one hop. A missing or invalid hop means that the configured number of hops is wrong.
  const isWhole = addresses.length === trust.hops && !addresses.includes(undefined);
  return isWhole ? addresses[0] : undefined;
}

function parsedAddress(value: string | undefined): string | undefined {
  return value === undefined ? undefined : parseForwardedAddress(value);
}

/** Some proxies append to the header and some replace it: with fewer values than hops, the first value is the client's. */
function forwardedScheme(header: ReadHeader, trust: TrustedProxy): ClientInfo['scheme'] | undefined {
  const values = header('x-forwarded-proto')?.split(',') ?? [];
  const value = values.slice(-trust.hops)[0]?.trim().toLowerCase();
  return value === 'http' || value === 'https' ? value : undefined;
}

function schemeOfUrl(c: Context): ClientInfo['scheme'] {
  return c.req.url.startsWith('https:') ? 'https' : 'http';
}

function hostsOf(header: ReadHeader, forwardedHost: string | undefined): string[] {
  const hosts = [...(forwardedHost?.split(',') ?? []), header('host') ?? ''];
  return hosts.map((host) => host.trim()).filter((host) => host !== '');
}
