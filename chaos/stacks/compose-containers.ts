import type { Stack as ComposeStack } from '../../testkit/docker/stack.ts';
import { type ContainerEnd, untilTold } from './container-ends.ts';
import type { ContainerWatch } from './watch-containers.ts';

/** What is done to the containers of a Compose stack. */
export interface ComposeContainers {
  /** Runs `docker` and expects it to succeed. */
  docker(...args: string[]): Promise<void>;
  /** The container of a service that has one. */
  of(service: string): Promise<string>;
  /** Ends them at once. */
  kill(ids: readonly string[]): Promise<void>;
  /** Asks one to stop. @returns undefined when it had ended before */
  stop(id: string): Promise<ContainerEnd | undefined>;
}

/** Builds what acts on a stack's containers, and has their ends told by the watch, as ends that were asked for. */
export function createComposeContainers(stack: ComposeStack, { ask }: Pick<ContainerWatch, 'ask'>): ComposeContainers {
  async function docker(...args: string[]): Promise<void> {
    const { code, stderr } = await stack.run('docker', ...args);
    if (code !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
  }

  async function end(ids: readonly string[], ...command: string[]): Promise<(ContainerEnd | undefined)[]> {
    const asked = ids.map(ask);
    await docker(...command, ...ids);
    return untilTold(asked);
  }

  return {
    docker,
    async of(service) {
      const [id] = (await stack.compose('ps', '--all', '--quiet', service)).split('\n');
      return id as string;
    },
    async kill(ids) {
      await end(ids, 'kill', '--signal', 'KILL');
    },
    async stop(id) {
      const [ended] = await end([id], 'stop');
      return ended;
    },
  };
}
