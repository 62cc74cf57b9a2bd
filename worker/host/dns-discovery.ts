import { connect } from 'node:net';
import { waitAtMost } from '../../app/lib/wait-at-most.ts';
import { lookupIpv4s } from '../../cli/lookup-ipv4s.ts';

export interface DiscoveryOptions {
  /** Host name that all replicas share. */
  host: string;
  port: number;
  /** Parameters of each replica, in the format of `ORIGINS`. */
  parameters: string;
  /** Returns all IPv4 addresses of a host name. Fails when it has none. */
  lookupAll?: (name: string) => Promise<string[]>;
  /** Whether a replica accepts connections. */
  accepts?: (address: string, port: number) => Promise<boolean>;
}

/** A name server or a replica that needs longer counts as unavailable. */
const TIMEOUT_MS = 1000;

/**
 * Finds the current replicas by the host name that they share.
 *
 * @returns a function that returns the replicas in the format of `ORIGINS`. It fails as long as it has never found one.
 */
export function discoverReplicas(options: DiscoveryOptions): () => Promise<string> {
  const { host, port, parameters, lookupAll = lookupIpv4s, accepts = acceptsConnections } = options;
  let known: string[] = [];
  const line = (address: string) => `http://${address}:${port} ${parameters}`.trim();

  return async () => {
    const found = await waitAtMost(lookupAll(host), TIMEOUT_MS).catch((error: Error) => error);
    if (Array.isArray(found) && found.length > 0) {
      // A name server returns the addresses in a different order each time.
      known = found.toSorted();
      return known.map(line).join('\n');
    }
    if (known.length === 0) throw new Error(`no replica found: ${reasonOf(host, found)}`);
    // The name disappears when the last replica is gone, but also when the name server fails. Ask the replicas which it
    // is.
    const lines = known.map(async (address) => `${line(address)}${(await accepts(address, port)) ? '' : ' down'}`);
    return (await Promise.all(lines)).join('\n');
  };
}

/** Returns why a lookup found no address. @param found undefined when the lookup did not end in time */
function reasonOf(host: string, found: string[] | Error | undefined): string {
  if (found === undefined) return `looking up ${host} took longer than ${TIMEOUT_MS} ms`;
  return found instanceof Error ? `looking up ${host} failed (${found.message})` : `${host} has no IPv4 address`;
}

function acceptsConnections(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: TIMEOUT_MS });
    const settle = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket
      .on('connect', () => settle(true))
      .on('timeout', () => settle(false))
      .on('error', () => settle(false));
  });
}
