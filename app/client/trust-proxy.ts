import { createNetworkMatcher, type IpNetwork, parseIpNetwork } from '../lib/ip-address.ts';
import { setting } from '../lib/settings.ts';
import { parsedBy } from '../lib/text-format.ts';

/** Which proxies are trusted, and for which forwarding headers. */
export type TrustProxy = { preset: 'none' } | TrustedProxy;

/** A set of trusted proxies, and the headers they are trusted for. */
export interface TrustedProxy {
  preset: 'nginx' | 'x-forwarded-for' | 'cloudflare';
  /** How many trusted proxies append to the same header; 1 where the preset has its own header. */
  hops: number;
  isTrusted: IsTrusted;
}

/** Whether the other end of a connection is a trusted proxy. The address is undefined where the runtime does not know it. */
type IsTrusted = (address: string | undefined) => boolean;

/** Whether the other end of a connection is a proxy whose forwarding headers count. */
export function isTrustedProxy(trust: TrustProxy, address: string | undefined): trust is TrustedProxy {
  return trust.preset !== 'none' && trust.isTrusted(address);
}

const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

const GRAMMAR = /^(?<preset>none|nginx|cloudflare|x-forwarded-for:(?<hops>[1-9]|10))(?:\s+from\s+(?<networks>.+))?$/;

export interface ParseTrustProxyOptions {
  /**
   * Whether `cloudflare` may stand without `from`. It may in a Worker on Cloudflare, where every request comes through the
   * platform, which sets the header itself.
   */
  mayRunOnCloudflare?: boolean;
}

/**
 * Parses the trust setting: `none`, or a preset and the networks whose proxies are trusted.
 *
 * @returns undefined when the text is not of that form
 * @example
 * parseTrustProxy('x-forwarded-for:2 from 10.0.0.0/8, loopback');
 */
export function parseTrustProxy(text: string, options: ParseTrustProxyOptions = {}): TrustProxy | undefined {
  const { preset, hops, networks } = GRAMMAR.exec(text.trim())?.groups ?? {};
  if (preset === undefined) return undefined;
  if (preset === 'none') return networks === undefined ? { preset } : undefined;
  const isTrusted = networks === undefined ? undefined : parseNetworks(networks);
  if (preset === 'cloudflare' && networks === undefined && options.mayRunOnCloudflare) {
    return { preset, hops: 1, isTrusted: () => true };
  }
  if (!isTrusted) return undefined;
  const name = hops === undefined ? preset : 'x-forwarded-for';
  return { preset: name as TrustedProxy['preset'], hops: Number(hops ?? 1), isTrusted };
}

function parseNetworks(list: string): IsTrusted | undefined {
  const words = list.split(',').flatMap((word) => NAMED_NETWORKS[word.trim()] ?? [word.trim()]);
  const networks = words.map(parseIpNetwork);
  if (!networks.every((network): network is IpNetwork => network !== undefined)) return undefined;
  const matches = createNetworkMatcher(networks);
  // Cache the last result: most connections come from one balancer.
  let last: { address: string; isTrusted: boolean } | undefined;
  return (address) => {
    if (address === undefined) return false;
    if (address !== last?.address) last = { address, isTrusted: matches(address) };
    return last.isTrusted;
  };
}

export function trustProxySetting(options: ParseTrustProxyOptions = {}) {
  const bare = options.mayRunOnCloudflare ? ', or cloudflare alone on Cloudflare' : '';
  const expected = `none, or nginx, x-forwarded-for:HOPS or cloudflare, each with "from" and networks (CIDR, loopback, private)${bare}`;
  return setting<TrustProxy>(
    parsedBy(expected, (text) => parseTrustProxy(text, options)),
    {
      about:
        'Which proxies are believed about the client, the scheme and the request id, and by which headers: see docs/trust.md.',
      example: 'x-forwarded-for:1 from 10.0.0.0/8',
      default: { preset: 'none' },
      defaultText: '`none`',
    },
  );
}
