import { access } from 'node:fs/promises';
import { findProgram, run } from '../../testkit/processes/command.ts';

/** What is done to the network of a container, by the tools of the machine it runs on. */
export interface NetworkTools {
  /** @returns undefined when the container does not run */
  networkOf(containerId: string): Promise<ContainerNetwork | undefined>;
  /** Whether packets can be held back, too. */
  canDelay: boolean;
}

/** The network that a container has until it ends; the next time it has another. */
export interface ContainerNetwork {
  /**
   * Runs a command in it.
   *
   * @returns what it printed, undefined when the container has ended
   * @throws when the command fails
   */
  run(...command: string[]): Promise<string | undefined>;
}

const NEEDED = ['nsenter', 'iptables'];

/** Finds the tools; undefined where they are not, or not ours to use. */
export async function findNetworkTools(): Promise<NetworkTools | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of NEEDED) if ((await findProgram(name)) === undefined) return undefined;
  return { networkOf, canDelay: await canDelay() };
}

async function networkOf(containerId: string): Promise<ContainerNetwork | undefined> {
  const pid = await run('docker', ['inspect', '--format', '{{.State.Pid}}', containerId]).catch(() => '0');
  return pid === '0' ? undefined : networkAt(`/proc/${pid}/ns/net`);
}

/** The network that is known by this file, which goes with the last process that has it. */
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

/** Whether the kernel knows how: tried in a network of its own. */
async function canDelay(): Promise<boolean> {
  const unshare = await findProgram('unshare');
  if (unshare === undefined || (await findProgram('tc')) === undefined) return false;
  return run(unshare, ['--net', 'tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms']).then(
    () => true,
    () => false,
  );
}
