import { type BackgroundLoop, createBackgroundLoop } from '../app/lib/background-loop.ts';
import { delay } from '../app/lib/delay.ts';
import { waitAtMost } from '../app/lib/wait-at-most.ts';
import { isPrivateIpv4, lookupIpv4s } from '../cli/lookup-ipv4s.ts';

export interface FollowNameOptions {
  /** Host name that all replicas share. */
  host: string;
  port: number;
  /** Takes the addresses, `ip:port`; undefined when they could not be looked up. */
  onAddresses: (addresses: readonly string[] | undefined) => void;
  /** Returns all IPv4 addresses of a host name. Fails when it has none. */
  lookupAll?: (name: string) => Promise<string[]>;
}

const INTERVAL_MS = 1000;

/** Creates the loop that looks up the replicas every second. */
export function followName({ host, port, onAddresses, lookupAll = lookupIpv4s }: FollowNameOptions): BackgroundLoop {
  async function lookUp(): Promise<readonly string[] | undefined> {
    try {
      return await waitAtMost(lookupAll(host), INTERVAL_MS);
    } catch (error) {
      // The name server answers: no container has this name. With other errors it does not answer.
      return (error as NodeJS.ErrnoException).code === 'ENOTFOUND' ? [] : undefined;
    }
  }

  return createBackgroundLoop(async (signal) => {
    const found = await lookUp();
    onAddresses(found?.filter(isPrivateIpv4).map((ip) => `${ip}:${port}`));
    await delay(INTERVAL_MS, signal);
  });
}
