import type { Context } from 'hono';

/** Who made a request, and which visit it is. */
export interface Caller {
  clientIp: string;
  requestId: string;
}

/** Tells who made a request. Each host knows its own way: a socket on Node, Cloudflare's headers at the edge. */
export type IdentifyCaller = (c: Context) => Caller;

export interface IdentifyCallerOptions {
  /** The address at the other end of the connection. */
  remoteAddress: (c: Context) => string;
  /** Whether that address is a balancer of ours, whose word on the client is taken. */
  isTrustedProxy: (ip: string) => boolean;
  /** Whether a header's word is an IP address. */
  isIp: (word: string) => boolean;
  newRequestId?: () => string;
}

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
 * Builds the way to tell callers apart behind a balancer. The client's address and the request id are the balancer's word
 * when the connection comes from a trusted proxy: `X-Real-IP`, else the last address in `X-Forwarded-For` that is not
 * a trusted proxy itself (Nginx's `real_ip_recursive`), and `X-Request-ID`. From anybody else these headers are ignored.
 */
export function createIdentifyCaller(options: IdentifyCallerOptions): IdentifyCaller {
  const { remoteAddress, isTrustedProxy, isIp } = options;
  const generateRequestId = options.newRequestId ?? newRequestId;

  function forwardedIp(c: Context): string | undefined {
    const realIp = c.req.header('X-Real-IP');
    if (realIp !== undefined && isIp(realIp)) return realIp;
    const hops = c.req.header('X-Forwarded-For')?.split(',') ?? [];
    return hops.map((hop) => hop.trim()).findLast((hop) => isIp(hop) && !isTrustedProxy(hop));
  }

  return function identifyCaller(c) {
    const remoteIp = remoteAddress(c);
    if (!isTrustedProxy(remoteIp)) return { clientIp: remoteIp, requestId: generateRequestId() };
    const requestId = c.req.header('X-Request-ID');
    return {
      clientIp: forwardedIp(c) ?? remoteIp,
      requestId: requestId !== undefined && REQUEST_ID.test(requestId) ? requestId : generateRequestId(),
    };
  };
}
