import { findProgram, run } from '../../tests/support/command.ts';

/** What is done to the network of a container, by the tools of the machine it runs on. */
export interface NetworkTools {
  /** Runs a command in the container's network. @returns what it printed */
  inside(containerId: string, ...command: string[]): Promise<string>;
  /** Whether packets can be held back, too. */
  canDelay: boolean;
}

const NEEDED = ['nsenter', 'iptables'];

/** Finds the tools; undefined where they are not, or not ours to use. */
export async function findNetworkTools(): Promise<NetworkTools | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of NEEDED) if ((await findProgram(name)) === undefined) return undefined;
  return {
    async inside(containerId, ...command) {
      const pid = await run('docker', ['inspect', '--format', '{{.State.Pid}}', containerId]);
      return run('nsenter', ['--target', pid, '--net', ...command]);
    },
    canDelay: await canDelay(),
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
