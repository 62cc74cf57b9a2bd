import { access } from 'node:fs/promises';
import { findProgram, run } from '../../../testkit/processes/command.ts';

/** Changes the network of a container with tools of its host. */
export interface NetworkTools {
  /** @returns undefined when the container does not run */
  networkOf(containerId: string): Promise<ContainerNetwork | undefined>;
  /** Whether packets can be delayed, too. */
  canDelay: boolean;
}

/** A container's network. It exists until the container ends; after a restart there is another one. */
export interface ContainerNetwork {
  /**
   * Runs a command in this network.
   *
   * @returns its output; undefined when the container has ended
   * @throws when the command fails
   */
  run(...command: string[]): Promise<string | undefined>;
}

const NEEDED = ['nsenter', 'iptables'];

/** Finds the tools. Undefined when they are missing or this user must not use them. */
export async function findNetworkTools(): Promise<NetworkTools | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of NEEDED) if ((await findProgram(name)) === undefined) return undefined;
  return { networkOf, canDelay: await canDelay() };
}

async function networkOf(containerId: string): Promise<ContainerNetwork | undefined> {
  const pid = await run('docker', ['inspect', '--format', '{{.State.Pid}}', containerId]).catch(() => '0');
  return pid === '0' ? undefined : networkAt(`/proc/${pid}/ns/net`);
}

/** Returns the network behind this namespace file, which disappears with the last process in the network. */
export function networkAt(file: string): ContainerNetwork {
  return {
    async run(...command) {
      try {
        return await run('nsenter', [`--net=${file}`, ...command]);
      } catch (error) {
        const isThere = await access(file).then(
          () => true,
          () => false,
        );
        if (isThere) throw error;
        return undefined;
      }
    },
  };
}

/** Whether the kernel supports it: tried in a new network. */
async function canDelay(): Promise<boolean> {
  const unshare = await findProgram('unshare');
  if (unshare === undefined || (await findProgram('tc')) === undefined) return false;
  return run(unshare, ['--net', 'tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms']).then(
    () => true,
    () => false,
  );
}
