import { hash } from 'node:crypto';

/**
 * Returns the server id (SID) that Nginx's `sticky cookie` gives a peer without a `route` name: the MD5 of the address that
 * the balancer connects to, in lowercase hexadecimal.
 *
 * @param address `ip:port`
 * @example
 * serverId('127.0.0.1:5001'); // 'e73eb7edc6b16f4bfdbfe7bd78f9ac14'
 */
export function serverId(address: string): string {
  return hash('md5', address);
}
