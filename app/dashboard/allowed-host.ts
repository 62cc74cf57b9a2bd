import { parseIpAddress } from '../lib/ip-address.ts';

/**
 * Whether the private dashboard may be shown under this host. With DNS rebinding, any site can point its own name at a
 * private address, so that its pages can read what is there; but the browser still sends that site's name. An IP address,
 * `localhost` and the names that the operator lists cannot be such a name.
 *
 * @param host `name` or `name:port`, as in a `Host` header
 * @param names names in lower case
 */
export function isAllowedHost(host: string, names: readonly string[]): boolean {
  const url = URL.parse(`http://${host}`);
  if (url?.pathname !== '/' || url.username !== '' || url.search !== '' || url.hash !== '') return false;
  const name = url.hostname.replace(/\.$/, '');
  const isAddress = parseIpAddress(name.replace(/^\[(.*)\]$/, '$1')) !== undefined;
  return isAddress || name === 'localhost' || name.endsWith('.localhost') || names.includes(name);
}
