import type { Context } from 'hono';
import { parseForwardedAddress } from '../lib/ip-address.ts';
import type { TrustedProxy, TrustProxy } from './trust-proxy.ts';

/** Who made a request, and which visit it is. */
export interface ClientInfo {
  /** The client's address in canonical form, or `unknown`. */
  clientIp: string;
  requestId: string;
  /**
   * Whether `clientIp` is certainly the client's own. It is not where a proxy that is not trusted stands between, or a trusted
   * one gave no address. A client that is not verified has no privileges.
   */
  isVerified: boolean;
  /** The scheme the client used, as far as a trusted proxy says so. */
  scheme: 'http' | 'https';
  /** The hosts the request is for, `name` or `name:port`: first the one the client asked for. */
  hosts: string[];
}

/** Finds out who made a request. */
export type ResolveClient = (c: Context) => ClientInfo;

export interface IdentifyCallerOptions {
  /** The address at the other end of the connection, in canonical form; undefined where the runtime does not know it. */
  remoteAddress: (c: Context) => string | undefined;
  trust: TrustProxy;
  /** Receives the address of a connection that sends forwarding headers but is not trusted. */
  onUntrustedProxy?: (remoteAddress: string | undefined) => void;
  newRequestId?: () => string;
}

/** A client address that is not known. */
export const UNKNOWN_CLIENT = 'unknown';

/** A balancer of ours adds this header with this value when the client's address is not verified. */
export const CLIENT_NOTE_HEADER = 'X-Mooring-Client';
export const UNVERIFIED = 'unverified';

/** Any of these shows that a proxy stands between the client and this connection, or that the client pretends so. */
export const FORWARDING_HEADERS = [
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Real-IP',
  'X-Client-IP',
  'True-Client-IP',
  'CF-Connecting-IP',
  'Forwarded',
  'Via',
];

/** What a request id may look like: anything longer or odder is replaced, so that it is safe in a log and in a column. */
const REQUEST_ID = /^[\w.:+/=-]{1,64}$/;

/**
 * A fresh request id in the form of the stack's Nginx: seconds since the epoch, and 16 random hexadecimal digits. By their time
 * ids come in order, so that a new one has its place at the end of the database's index, however long the log is.
 */
export function newRequestId(): string {
  const random = crypto.randomUUID();
  return `${(Date.now() / 1000).toFixed(3)}-${random.slice(0, 8)}${random.slice(-8)}`;
}

/**
 * Builds what identifies callers. Forwarding headers count only on a connection from a trusted proxy, and only those its preset
 * vouches for, because a proxy passes on what a client sends in all others. An address that cannot be read is `unknown`,
 * never the proxy's own.
 */
export function createClientResolver(options: IdentifyCallerOptions): ResolveClient {
  const { remoteAddress, trust, onUntrustedProxy = () => {} } = options;
  const generateRequestId = options.newRequestId ?? newRequestId;

  function direct(c: Context, remoteIp: string | undefined): ClientInfo {
    const isForwarded = FORWARDING_HEADERS.some((name) => c.req.header(name) !== undefined);
    if (isForwarded) onUntrustedProxy(remoteIp);
    return {
      clientIp: remoteIp ?? UNKNOWN_CLIENT,
      requestId: generateRequestId(),
      isVerified: remoteIp !== undefined && !isForwarded,
      scheme: schemeOfUrl(c),
      hosts: hostsOf(c, undefined),
    };
  }

  return function resolveClient(c) {
    const remoteIp = remoteAddress(c);
    if (trust.preset === 'none' || !trust.isTrusted(remoteIp)) return direct(c, remoteIp);
    const clientIp = forwardedAddress(c, trust);
    const requestId = trust.preset === 'nginx' ? c.req.header('X-Request-ID') : undefined;
    const forwardedHost = trust.preset === 'cloudflare' ? undefined : c.req.header('X-Forwarded-Host');
    return {
      clientIp: clientIp ?? UNKNOWN_CLIENT,
      requestId: requestId !== undefined && REQUEST_ID.test(requestId) ? requestId : generateRequestId(),
      isVerified: clientIp !== undefined && c.req.header(CLIENT_NOTE_HEADER) !== UNVERIFIED,
      scheme: forwardedScheme(c, trust) ?? schemeOfUrl(c),
      hosts: hostsOf(c, forwardedHost),
    };
  };
}

/** The client's address, by the one header that the preset vouches for. */
function forwardedAddress(c: Context, trust: TrustedProxy): string | undefined {
  if (trust.preset === 'nginx') return parseForwardedAddress(c.req.header('X-Real-IP') ?? '');
  if (trust.preset === 'cloudflare') return parseForwardedAddress(c.req.header('CF-Connecting-IP') ?? '');
  const hops = c.req.header('X-Forwarded-For')?.split(',').slice(-trust.hops) ?? [];
  const addresses = hops.map(parseForwardedAddress);
  // Each trusted proxy appends one hop. A hop that is missing or no address means that the count is off.
  const isWhole = addresses.length === trust.hops && !addresses.includes(undefined);
  return isWhole ? addresses[0] : undefined;
}

/** Some proxies append to the header and some set it: with fewer values than hops the first is the client's. */
function forwardedScheme(c: Context, trust: TrustedProxy): ClientInfo['scheme'] | undefined {
  const values = c.req.header('X-Forwarded-Proto')?.split(',') ?? [];
  const value = values.slice(-trust.hops)[0]?.trim().toLowerCase();
  return value === 'http' || value === 'https' ? value : undefined;
}

function schemeOfUrl(c: Context): ClientInfo['scheme'] {
  return c.req.url.startsWith('https:') ? 'https' : 'http';
}

function hostsOf(c: Context, forwardedHost: string | undefined): string[] {
  const hosts = [...(forwardedHost?.split(',') ?? []), c.req.header('Host') ?? ''];
  return hosts.map((host) => host.trim()).filter((host) => host !== '');
}
