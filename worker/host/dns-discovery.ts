import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';

export interface DiscoveryOptions {
  /** The name that all replicas share. */
  host: string;
  port: number;
  /** What is said of each of them, in the words of `ORIGINS`. */
  parameters: string;
  /** All IPv4 addresses of a host name; fails when it has none. */
  lookupAll?: (name: string) => Promise<string[]>;
  /** Whether a replica takes connections. */
  accepts?: (address: string, port: number) => Promise<boolean>;
}

/** A name server or a replica that takes longer is not there. */
const TIMEOUT_MS = 1000;

/**
 * Finds the replicas of this moment by the name they share.
 *
 * @returns tells them in the words of `ORIGINS`; fails while none was ever found
 */
export function discoverReplicas(options: DiscoveryOptions): () => Promise<string> {
  const { host, port, parameters, lookupAll = lookupIpv4s, accepts = acceptsConnections } = options;
  let known: string[] = [];
  const line = (address: string) => `http://${address}:${port} ${parameters}`.trim();

  return async () => {
    const found = await inTime(lookupAll(host)).catch((): string[] => []);
    if (found.length > 0) {
      // A name server tells them in another order each time.
      known = found.toSorted();
      return known.map(line).join('\n');
    }
    if (known.length === 0) throw new Error(`no address of ${host} is known`);
    // The name goes with the last replica, but also when the name server is away: the replicas tell which it is.
    const lines = known.map(async (address) => `${line(address)}${(await accepts(address, port)) ? '' : ' down'}`);
    return (await Promise.all(lines)).join('\n');
  };
}

async function lookupIpv4s(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true, family: 4 });
  return found.map(({ address }) => address);
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

function inTime<T>(work: Promise<T>): Promise<T> {
  const timeout = new Promise<never>((_resolve, reject) => {
    AbortSignal.timeout(TIMEOUT_MS).addEventListener('abort', () => reject(new Error('no answer in time')));
  });
  return Promise.race([work, timeout]);
}
